/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/sequencer.h"

#include <algorithm>
#include <utility>

#include "signalling/core/message_size.h"

namespace matrix {

namespace {

using namespace std::chrono_literals;

constexpr Time patience = 3s;
constexpr size_t max_waiting = 64;
constexpr size_t max_waiting_bytes = size_t{1024} * 1024;
constexpr size_t max_calls = 32;
constexpr size_t max_delivered = 256;

/* What a sender that counts across calls may begin with in a call that the other side
 * started, or end one with. Its candidates come later. */
bool may_open_a_call(const Signal& signal) {
  return std::holds_alternative<Answer>(signal) || std::holds_alternative<Hangup>(signal) ||
         std::holds_alternative<Reject>(signal) || std::holds_alternative<SelectAnswer>(signal);
}

}  // namespace

Sequencer::Result Sequencer::push(CallMessage message, Time now) {
  Result result;
  const bool due = is_due(message);
  const bool full =
      waiting_.size() >= max_waiting || waiting_bytes_ + size_of(message) > max_waiting_bytes;
  if (is_repeated(message) || (full && !due)) {
    result.dropped = 1;
  } else if (due) {
    deliver(std::move(message), result.due);
    deliver_waiting(result.due);
  } else {
    waiting_bytes_ += size_of(message);
    waiting_.push_back({std::move(message), now});
  }
  return result;
}

std::vector<CallMessage> Sequencer::on_timeout(Time now) {
  std::vector<CallMessage> due;
  while (const auto deadline = next_deadline()) {
    if (now < *deadline) break;
    const auto first = head();
    CallMessage message = std::move(first->message);
    waiting_.erase(first);
    waiting_bytes_ -= size_of(message);
    deliver(std::move(message), due);
    deliver_waiting(due);
  }
  return due;
}

std::optional<Time> Sequencer::next_deadline() const {
  if (waiting_.empty()) return std::nullopt;
  const auto oldest = std::min_element(waiting_.begin(), waiting_.end(),
                                       [](auto& a, auto& b) { return a.since < b.since; });
  return oldest->since + patience;
}

std::vector<Sequencer::Waiting>::iterator Sequencer::head() {
  auto first = std::min_element(waiting_.begin(), waiting_.end(),
                                [](auto& a, auto& b) { return a.since < b.since; });
  for (auto it = waiting_.begin(); it != waiting_.end(); ++it)
    if (it->message.envelope.call_id == first->message.envelope.call_id &&
        it->message.envelope.seq < first->message.envelope.seq)
      first = it;
  return first;
}

bool Sequencer::is_due(const CallMessage& message) const {
  const auto& seq = message.envelope.seq;
  if (!seq) return true;
  if (const Count* count = find(message.envelope.call_id))
    return *seq <= count->next || *seq == next_;
  return *seq == 0 || std::holds_alternative<Invite>(message.signal) ||
         (*seq == next_ && may_open_a_call(message.signal));
}

bool Sequencer::is_repeated(const CallMessage& message) const {
  const auto& seq = message.envelope.seq;
  if (!seq) return false;
  const bool waits = std::any_of(waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) {
    const auto& other = waiting.message.envelope;
    return other.seq == seq && other.call_id == message.envelope.call_id;
  });
  if (waits) return true;
  const Count* count = find(message.envelope.call_id);
  if (!count || count->delivered.empty()) return false;
  return count->delivered.contains(*seq) ||
         (count->delivered.size() >= max_delivered && *seq < *count->delivered.begin());
}

const Sequencer::Count* Sequencer::find(const std::string& call_id) const {
  for (const auto& count : counts_)
    if (count.call_id == call_id) return &count;
  return nullptr;
}

Sequencer::Count& Sequencer::count(const std::string& call_id) {
  for (auto& count : counts_)
    if (count.call_id == call_id) return count;
  if (counts_.size() >= max_calls) counts_.pop_front();
  counts_.push_back({call_id, 0, {}});
  return counts_.back();
}

void Sequencer::deliver(CallMessage message, std::vector<CallMessage>& due) {
  if (const auto seq = message.envelope.seq) {
    Count& numbers = count(message.envelope.call_id);
    numbers.next = std::max(numbers.next, *seq + 1);
    numbers.delivered.insert(*seq);
    if (numbers.delivered.size() > max_delivered)
      numbers.delivered.erase(numbers.delivered.begin());
    next_ = *seq + 1;
  }
  due.push_back(std::move(message));
}

void Sequencer::deliver_waiting(std::vector<CallMessage>& due) {
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (!is_due(it->message)) {
      ++it;
      continue;
    }
    CallMessage message = std::move(it->message);
    waiting_bytes_ -= size_of(message);
    waiting_.erase(it);
    deliver(std::move(message), due);
    it = waiting_.begin();
  }
}

}  // namespace matrix
