/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/session_pool.h"

#include <algorithm>

#include "signalling/base/log.h"

namespace matrix {
namespace {

constexpr size_t max_sessions = 8; /* with one device */

}  // namespace

void SessionPool::restore(SavedSession session) {
  last_rank_ = std::max(last_rank_, session.rank);
  auto& entries = sessions_[session.their_key];
  const auto place = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& other) { return other.rank < session.rank; });
  entries.insert(place,
                 {std::move(session.id), session.rank, std::move(session.pickle), {}, false});
}

/* Nullptr, and the entry is gone, if its pickle is none. */
OlmSession* SessionPool::wake(const std::string& their_key, Entries& entries,
                              Entries::iterator entry) {
  if (entry->session) return &*entry->session;
  entry->session = OlmSession::unpickle(pickle_key_, std::exchange(entry->pickle, {}));
  if (entry->session) return &*entry->session;
  LOG_WARNING(Core, "a session of the store is damaged");
  dropped_.emplace_back(their_key, entry->id);
  entries.erase(entry);
  return nullptr;
}

void SessionPool::touch(const std::string& their_key, Entries& entries, Entries::iterator entry) {
  entry->rank = ++last_rank_;
  entry->changed = true;
  changed_.insert(their_key);
  entries.splice(entries.begin(), entries, entry);
}

void SessionPool::add(const std::string& their_key, OlmSession session) {
  auto& entries = sessions_[their_key];
  entries.push_front({session.id(), 0, {}, std::move(session), false});
  touch(their_key, entries, entries.begin());
  if (entries.size() <= max_sessions) return;
  dropped_.emplace_back(their_key, entries.back().id);
  entries.pop_back();
}

bool SessionPool::open(const std::string& their_key, const std::string& one_time_key) {
  auto session = OlmSession::outbound(account_, their_key, one_time_key, entropy_);
  if (!session) return false;
  add(their_key, std::move(*session));
  return true;
}

std::optional<OlmMessage> SessionPool::encrypt(const std::string& their_key,
                                               std::string_view plaintext) {
  const auto found = sessions_.find(their_key);
  if (found == sessions_.end()) return std::nullopt;
  auto& entries = found->second;
  while (!entries.empty()) {
    OlmSession* session = wake(their_key, entries, entries.begin());
    if (!session) continue;
    entries.front().changed = true;
    changed_.insert(their_key);
    return session->encrypt(plaintext, entropy_);
  }
  sessions_.erase(found);
  return std::nullopt;
}

std::optional<Secret> SessionPool::decrypt(const std::string& their_key,
                                           const OlmMessage& message) {
  auto& entries = sessions_[their_key];
  bool belongs = false;
  for (auto entry = entries.begin(); entry != entries.end();) {
    const auto current = entry++;
    OlmSession* session = wake(their_key, entries, current);
    if (!session) continue;
    if (message.type == OlmMessage::pre_key) {
      if (!session->matches(their_key, message)) continue;
      belongs = true;
    }
    if (auto plaintext = session->decrypt(message)) {
      touch(their_key, entries, current);
      return plaintext;
    }
  }
  if (entries.empty()) sessions_.erase(their_key);
  /* What its own session refuses is a repetition: a fallback key would let it open another. */
  if (message.type != OlmMessage::pre_key || belongs) return std::nullopt;
  return open_and_decrypt(their_key, message);
}

std::optional<Secret> SessionPool::open_and_decrypt(const std::string& their_key,
                                                    const OlmMessage& message) {
  auto session = OlmSession::inbound(account_, their_key, message);
  if (!session) return std::nullopt;
  auto plaintext = session->decrypt(message);
  if (!plaintext) return std::nullopt;
  session->use_up(account_);
  account_changed_ = true;
  add(their_key, std::move(*session));
  return plaintext;
}

void SessionPool::take_changes(CryptoChanges& changes) {
  for (const auto& their_key : std::exchange(changed_, {})) {
    const auto found = sessions_.find(their_key);
    if (found == sessions_.end()) continue;
    for (auto& entry : found->second)
      if (std::exchange(entry.changed, false))
        changes.sessions.push_back(
            {their_key, entry.id, entry.session->pickle(pickle_key_), entry.rank});
  }
  auto dropped = std::exchange(dropped_, {});
  std::move(dropped.begin(), dropped.end(), std::back_inserter(changes.dropped_sessions));
}

}  // namespace matrix
