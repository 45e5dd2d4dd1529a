/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/world.h"

#include <algorithm>

#include "signalling/core/member_events.h"

namespace world {

using namespace matrix;
using namespace std::chrono_literals;

namespace {

constexpr Time offer_lifetime = 61s;
constexpr Time peace_within = 20min;
constexpr const char* first_conference = "conf-of-the-room";
rtc::Result<void> network_error() {
  return rtc::Error{rtc::Error::Kind::Network, "The network is down.", ""};
}

}  // namespace

World::World(std::uint64_t seed)
    : dice_(seed),
      network_(
          time_, dice_, [this](EndId id, const FakeNetwork::Input& what) { input(id, what); },
          [this](const std::string& what) { violation(what); }) {
  populate();
}

World::~World() = default;

void World::populate() {
  created_by_us_ = dice_.chance(0.3);
  hostile_ = dice_.chance(0.5);
  const bool one_user = dice_.chance(0.2);
  if (!created_by_us_)
    put_state("@admin:hs", call_event_type, first_conference, write_conference({}, "call"));
  const int count = dice_.between(2, 5);
  for (int i = 0; i < count; i++) {
    auto& client = *clients_.emplace_back(std::make_unique<Client>());
    client.index = i;
    client.user_id = one_user ? "@all:hs" : "@user" + std::to_string(i) + ":hs";
    client.device_id = "DEVICE" + std::to_string(i);
    put_state(client.user_id, "m.room.member", client.user_id,
              JsonObjectBuilder().set("membership", "join").build());
    time_.after(dice_.time(0, created_by_us_ ? 1500 : 15000), [this, &client] { start(client); });
    act(client);
  }
  plan_media();
  put_state("@mallory:hs", "m.room.member", "@mallory:hs",
            JsonObjectBuilder().set("membership", "join").build());
  if (hostile_)
    for (int i = 0; i < 30; i++) time_.after(dice_.time(0, 60000), [this] { be_hostile(); });
  set_faults(true);
  time_.after(trouble_lasts, [this] { set_faults(false); });
  offers_answered_from_ = time_.now() + trouble_lasts + offer_lifetime;
}

void World::set_faults(bool on) {
  note(on ? "everything may go wrong" : "nothing goes wrong any more");
  faulty_ = on;
  network_.faults = on ? FakeNetwork::Faults{0.02, 0.05, 0.3} : FakeNetwork::Faults{};
}

/* What its user does in the first minute. */
void World::act(Client& client) {
  for (int i = dice_.between(0, 2); i > 0; i--) {
    const Time when = dice_.time(2000, 55000);
    const bool crash = dice_.chance(0.5);
    time_.after(when, [this, &client, crash] { stop(client, crash); });
    if (dice_.chance(0.7))
      time_.after(when + dice_.time(100, 20000), [this, &client] { start(client); });
  }
}

void World::start(Client& client) {
  client.in_call = true;
  if (client.call) return;
  client.run++;
  counts_["starts"]++;
  note(name(client) + " starts, run " + std::to_string(client.run));
  CallConfig config;
  config.user_id = client.user_id;
  config.device_id = client.device_id;
  config.room_id = "!room:hs";
  config.create = true;
  for (auto& word : config.seed) word = static_cast<std::uint32_t>(dice_.between(0, INT32_MAX));
  client.call = std::make_unique<Call>(config);
  client.call->set_local_tracks(sources(client), time_.now());
  client.reports = {};
  client.outbox.clear();
  client.next_seq.clear();
  client.seen_sessions.clear();
  client.session_id.clear();
  client.synced_until = time_.now() + dice_.time(50, 400);
  client.timer = Time::max();
  time_.at(client.synced_until, [this, &client, run = client.run] {
    if (client.run != run || !client.call) return;
    for (const auto& [key, event] : state_) {
      learn_sessions(client, event);
      run_effects(client, client.call->room_event(event, time_.now()));
    }
    run_effects(client, client.call->synced(time_.now()));
  });
}

void World::stop(Client& client, bool crash) {
  client.in_call = false;
  if (!client.call) return;
  counts_[crash ? "crashes" : "leaves"]++;
  note(name(client) + (crash ? " crashes" : " leaves"));
  if (!crash) return run_effects(client, client.call->leave(time_.now()));
  client.call.reset();
  network_.crash(client.index);
}

void World::input(EndId id, const FakeNetwork::Input& input) {
  Client& client = *clients_[static_cast<size_t>(id.client)];
  if (client.call && client.run == id.run) run_effects(client, input(*client.call, time_.now()));
}

void World::run_effects(Client& client, const Effects& effects) {
  for (const auto& effect : effects)
    std::visit([&](const auto& what) { carry_out(client, what); }, effect);
  if (client.call->state() == Call::State::Ended) {
    if (!client.reports.ended()) violation(name(client) + " ended without a word");
    note(name(client) + " ended");
    client.call.reset();
    network_.crash(client.index);
    if (client.in_call) time_.after(1s, [this, &client] { start(client); });
    return;
  }
  arm(client);
}

void World::arm(Client& client) {
  const auto deadline = client.call->next_deadline();
  if (!deadline || *deadline == client.timer) return;
  client.timer = *deadline;
  time_.at(*deadline, [this, &client, run = client.run, deadline = *deadline] {
    if (!client.call || client.run != run || client.timer != deadline) return;
    client.timer = Time::max();
    const auto effects = client.call->on_timeout(time_.now());
    const auto next = client.call->next_deadline();
    if (next && *next <= time_.now()) {
      violation(name(client) + " would spin");
      client.call.reset();
      return;
    }
    run_effects(client, effects);
  });
}

void World::carry_out(Client& client, const OpenPeer& open) {
  network_.open({client.index, client.run, open.peer}, open.stream_id);
}

void World::carry_out(Client& client, const ClosePeer& close) {
  network_.close({client.index, client.run, close.peer});
}

void World::carry_out(Client& client, const SetLocalTracks& local) {
  network_.set_local_tracks({client.index, client.run, local.peer}, local.tracks);
}

void World::carry_out(Client& client, const CreateOffer& offer) {
  network_.create_offer({client.index, client.run, offer.peer}, offer.options);
}

/* Nobody learns our address before the room says that they are in the call. */
void World::carry_out(Client& client, const ApplyRemote& remote) {
  const auto author = network_.author(remote.description.sdp);
  if (author && remote.description.sdp.find("a=candidate") != std::string::npos) {
    const Client& other = *clients_[static_cast<size_t>(author->client)];
    if (other.run == author->run && !client.seen_sessions.contains(other.session_id))
      violation(name(client) + " would send packets to " + name(other) + ", who is not listed");
  }
  network_.apply_remote({client.index, client.run, remote.peer}, remote.description);
}

void World::carry_out(Client& client, const AddCandidate& candidate) {
  network_.add_candidate({client.index, client.run, candidate.peer}, candidate.candidate);
}

void World::carry_out(Client& client, const Report& report) {
  const auto wrong = client.reports.check(report, network_.peers(client.index));
  if (!wrong.empty()) violation(name(client) + ": " + wrong);
  if (const auto* trouble = std::get_if<ParticipantTrouble>(&report))
    note(name(client) + " reports: " + trouble->error.message);
  if (const auto* moved = std::get_if<FeedMoved>(&report); moved && moved->source.peer)
    counts_["feeds kept over a new leg"]++;
}

void World::carry_out(Client& client, const SendState& event) {
  const bool fails = faulty_ && dice_.chance(0.1);
  const bool applied = !fails || dice_.chance(0.5);
  const Time delay = dice_.time(20, faulty_ ? 400 : 100);
  time_.after(delay, [this, &client, event, fails, applied, run = client.run] {
    if (applied) put_state(client.user_id, event.type, event.state_key, event.content);
    if (!client.call || client.run != run) return;
    const auto result = fails ? network_error() : rtc::Result<void>();
    run_effects(client, client.call->sent(event.token, result, time_.now()));
  });
}

void World::carry_out(Client& client, const SendToDevice& message) {
  check_message(client, message);
  auto& queue = client.outbox[message.to];
  queue.push_back(message);
  if (queue.size() == 1) send_next(client, message.to);
}

/* In one call without holes, the description before all candidates, to listed ones only. */
void World::check_message(Client& client, const SendToDevice& message) {
  const Envelope& envelope = message.message.envelope;
  const std::string what = call_message_type(message.message.signal);
  client.session_id = envelope.sender_session_id;
  note(name(client) + " -> " + message.to.user_id + "/" + message.to.device_id + " " + what + " " +
       envelope.call_id.substr(0, 6) + " seq " + std::to_string(envelope.seq.value_or(-1)));
  counts_["messages"]++;
  auto& next = client.next_seq[envelope.call_id];
  const bool hangup = std::holds_alternative<Hangup>(message.message.signal);
  if (envelope.seq != next && !(hangup && envelope.seq < next))
    violation(name(client) + " left a hole in its numbers");
  const bool opens = std::holds_alternative<Invite>(message.message.signal) ||
                     std::holds_alternative<Answer>(message.message.signal);
  if (next == 0 && !opens && !hangup) violation(name(client) + " sent a candidate too early");
  if (next != 0 && opens) violation(name(client) + " opened a call twice");
  next = std::max(next, *envelope.seq + 1);
  if (hangup && std::get<Hangup>(message.message.signal).reason == "signalling_timeout" &&
      time_.now() > offers_answered_from_)
    violation(name(client) + " got no answer to an offer though nothing went wrong");
  if (!client.seen_sessions.contains(envelope.dest_session_id))
    violation(name(client) + " replied to somebody who is not listed");
}

void World::send_next(Client& client, const Address& to) {
  const bool fails = faulty_ && dice_.chance(0.02);
  const bool arrives = !fails || dice_.chance(0.5);
  const Time delay = fails ? Time(3000) : dice_.time(10, faulty_ ? 200 : 60);
  time_.after(delay, [this, &client, to, fails, arrives, run = client.run] {
    if (!client.call || client.run != run) return;
    auto& queue = client.outbox[to];
    const SendToDevice message = std::move(queue.front());
    queue.pop_front();
    if (fails) counts_["requests failed"]++;
    if (arrives) deliver(client.user_id, to, message.message);
    if (!queue.empty()) send_next(client, to);
    const auto result = fails ? network_error() : rtc::Result<void>();
    run_effects(client, client.call->sent(message.token, result, time_.now()));
  });
}

void World::deliver(const std::string& sender, const Address& to, const CallMessage& message) {
  Client* client = find(to);
  if (!client) return;
  if (faulty_ && dice_.chance(0.02)) {
    counts_["messages lost"]++;
    note("lost: " + std::string(call_message_type(message.signal)) + " to " + name(*client));
    return;
  }
  const std::string type = call_message_type(message.signal);
  const std::string text = write_call_message(message).text();
  const int copies = faulty_ && dice_.chance(0.05) ? 2 : 1;
  for (int i = 0; i < copies; i++) {
    Time delay = dice_.time(1, 30);
    if (faulty_ && dice_.chance(0.1)) delay += dice_.time(0, 1500);
    time_.after(delay, [this, client, sender, type, text] {
      if (!client->call) return;
      const auto content = Json::parse(text);
      run_effects(*client,
                  client->call->to_device(sender, type, *content, Trust::Clear, time_.now()));
    });
  }
}

World::Client* World::find(const Address& address) {
  for (auto& client : clients_)
    if (client->user_id == address.user_id && client->device_id == address.device_id)
      return client.get();
  return nullptr;
}

void World::put_state(const std::string& sender, const std::string& type, const std::string& key,
                      const Json& content) {
  Event event{type, key, sender, "$" + std::to_string(++events_), time_.now(), content, ""};
  state_[{type, key}] = event;
  note("state " + type + " " + key + " " + (content.text().size() < 400 ? content.text() : "..."));
  for (auto& client : clients_) sync(*client, event);
}

/* In the order of the server, to each with its own delay. */
void World::sync(Client& client, const Event& event) {
  if (!client.call) return;
  const Time delay = dice_.time(5, faulty_ && dice_.chance(0.1) ? 800 : 100);
  client.synced_until = std::max(client.synced_until, time_.now() + delay);
  time_.at(client.synced_until, [this, &client, event, run = client.run] {
    if (!client.call || client.run != run) return;
    learn_sessions(client, event);
    run_effects(client, client.call->room_event(event, time_.now()));
  });
}

void World::learn_sessions(Client& client, const Event& event) {
  if (event.type != call_member_event_type) return;
  std::set<std::string> conferences{client.call->call_id()}; /* not in the room's state yet? */
  for (const auto& [key, other] : state_)
    if (key.first == call_event_type) conferences.insert(key.second);
  for (const auto& conference : conferences)
    for (const auto& device : read_member_devices(event, conference))
      client.seen_sessions.insert(device.session_id);
}

bool World::run() {
  const Time end = time_.now() + trouble_lasts + peace_within;
  const Time peace = time_.now() + trouble_lasts + changes_last + 10s;
  while (violations_.empty() && time_.step(end))
    if (time_.now() > peace && settled()) break;
  if (violations_.empty()) check_end();
  return violations_.empty();
}

bool World::settled() const {
  for (const auto& one : clients_) {
    if (one->in_call != (one->call != nullptr)) return false;
    if (!one->in_call) continue;
    if (one->call->state() != Call::State::Joined) return false;
    std::multiset<int> wanted;
    for (const auto& two : clients_)
      if (two != one && two->call && two->call->call_id() == one->call->call_id()) {
        wanted.insert(two->index);
        if (one->reports.live_feeds(two->user_id, two->device_id) != feeds(*two)) return false;
      }
    if (network_.connected_to(one->index) != wanted) return false;
  }
  return true;
}

void World::check_end() {
  std::set<std::string> conferences;
  for (const auto& client : clients_)
    if (client->call) conferences.insert(client->call->call_id());
  if (conferences.size() > 1) violation("not everybody is in the same conference");
  if (settled()) return;
  for (const auto& client : clients_) {
    std::string others;
    for (const int other : network_.connected_to(client->index))
      others += " " + std::to_string(other);
    note_feeds(*client);
    violation(name(*client) + (client->in_call ? " is in the call" : " is not in the call") +
              ", connected to:" + others + "; conference " +
              (client->call ? client->call->call_id() : ""));
  }
}

void World::violation(const std::string& what) {
  note("VIOLATION: " + what);
  violations_.push_back(what);
}

void World::note(const std::string& what) {
  char stamp[32];
  g_snprintf(stamp, sizeof stamp, "%9.3f  ",
             static_cast<double>((time_.now() % Time(10'000'000)).count()) / 1000);
  log_.push_back(stamp + what);
}

void World::count(std::map<std::string, unsigned>& totals) const {
  for (const auto& [what, number] : counts_) totals[what] += number;
  totals["glares of offers"] += network_.glares();
  totals["clients"] += static_cast<unsigned>(clients_.size());
}

}  // namespace world
