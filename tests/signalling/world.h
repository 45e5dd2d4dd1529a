/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "signalling/core/call.h"
#include "tests/signalling/fake_network.h"
#include "tests/signalling/report_check.h"
#include "tests/signalling/virtual_time.h"

namespace world {

inline constexpr Time trouble_lasts{60000};
inline constexpr Time changes_last{20000}; /* of tracks, after that */

/* A homeserver with one room, the internet, 2 to 5 clients that each run a Call, and
 * somebody who means them ill, in virtual time. A seed decides about everything. For a
 * minute everything may go wrong: to-device messages are lost, reordered, repeated, late;
 * requests fail; connections fail; clients crash, leave and come back; tracks come, go and are
 * muted. Then only the latter, for some seconds, often at several clients in the same instant; and
 * after some minutes every two clients must have one connection and see each other's tracks as they
 * are. */
class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /* True if all went as it should; else violations() says what did not. */
  bool run();
  const std::vector<std::string>& violations() const { return violations_; }
  const std::vector<std::string>& log() const { return log_; }
  /* What the run consisted of, added to @totals by name. */
  void count(std::map<std::string, unsigned>& totals) const;

 private:
  /* A device: a Call while it runs. */
  struct Client {
    std::string user_id;
    std::string device_id;
    int index = 0;
    int run = 0; /* of the program; a crash begins another */
    std::unique_ptr<matrix::Call> call;
    bool in_call = false; /* wants to be */
    Time synced_until{0};
    Time timer{0};
    std::map<matrix::Address, std::deque<matrix::SendToDevice>> outbox; /* front: on its way */
    std::map<std::string, std::int64_t> next_seq;                       /* by call id */
    std::set<std::string> seen_sessions; /* that the room has listed, as we know */
    std::string session_id;
    std::map<matrix::TrackSource, bool> media; /* what it sends; muted? */
    ReportCheck reports;
  };
  using Event = matrix::RoomEvent;

  void populate();
  void set_faults(bool on);
  void act(Client& client);
  void plan_media();
  void change_tracks(Client& client);
  void change_mute(Client& client);
  void note_feeds(const Client& client);
  static std::vector<matrix::LocalSource> sources(const Client& client);
  static std::map<matrix::FeedKind, bool> feeds(const Client& client);
  void start(Client& client);
  void stop(Client& client, bool crash);
  void input(EndId id, const FakeNetwork::Input& input);
  void run_effects(Client& client, const matrix::Effects& effects);
  void carry_out(Client& client, const matrix::SendToDevice& message);
  void carry_out(Client& client, const matrix::SendState& event);
  void carry_out(Client& client, const matrix::OpenPeer& open);
  void carry_out(Client& client, const matrix::ClosePeer& close);
  void carry_out(Client& client, const matrix::SetLocalTracks& local);
  void carry_out(Client& client, const matrix::CreateOffer& offer);
  void carry_out(Client& client, const matrix::ApplyRemote& remote);
  void carry_out(Client& client, const matrix::AddCandidate& candidate);
  void carry_out(Client& client, const matrix::Report& report);
  void arm(Client& client);
  void send_next(Client& client, const matrix::Address& to);
  void check_message(Client& client, const matrix::SendToDevice& message);

  void put_state(const std::string& sender, const std::string& type, const std::string& key,
                 const matrix::Json& content);
  void sync(Client& client, const Event& event);
  void learn_sessions(Client& client, const Event& event);
  void deliver(const std::string& sender, const matrix::Address& to,
               const matrix::CallMessage& message);

  void be_hostile();
  void forge_hangups();
  void invite_uninvited();
  void write_nonsense();
  void list_many_devices();
  void overwrite_entry();

  bool settled() const;
  void check_end();
  void violation(const std::string& what);
  void note(const std::string& what);
  Client* find(const matrix::Address& address);
  static std::string name(const Client& client) { return client.user_id + "/" + client.device_id; }

  VirtualTime time_;
  Dice dice_;
  FakeNetwork network_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::map<std::pair<std::string, std::string>, Event> state_; /* the room's, by type and key */
  std::map<std::string, unsigned> counts_;
  bool created_by_us_ = false;
  bool hostile_ = false;
  bool faulty_ = false;
  Time offers_answered_from_{0}; /* the last one that was lost has been given up by then */
  int events_ = 0;
  std::vector<std::string> violations_;
  std::vector<std::string> log_;
};

}  // namespace world
