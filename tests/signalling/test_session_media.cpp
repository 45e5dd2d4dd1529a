/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <memory>
#include <string>
#include <vector>

#include "tests/long_run.h"
#include "tests/signalling/fake_homeserver.h"
#include "tests/signalling/fake_rooms.h"
#include "tests/signalling/log_capture.h"
#include "tests/signalling/party.h"

/* What a session tells of its tracks, and at what price. */
using fake::Party;
using matrix::SessionConfig;
using matrix::SessionState;
using rtc::TrackSource;

namespace {

constexpr const char* metadata_changed = "/sendToDevice/m.call.sdp_stream_metadata_changed/";
constexpr const char* encrypted_message = "/sendToDevice/m.room.encrypted/";

std::optional<fake::Answer> knows_no_keys(const fake::Request& request) {
  if (request.path.find("/keys/") == std::string::npos) return std::nullopt;
  return fake::refusal(404, "M_UNRECOGNIZED", "?");
}

/* A call of @size devices of as many users, all connected; on a homeserver that knows of no
 * encryption, or one that does. */
struct Crowd {
  explicit Crowd(size_t size, bool encrypted = false) {
    if (!encrypted) server.set_hook(knows_no_keys);
    for (size_t i = 0; i < size; i++) {
      const std::string user = "@user" + std::to_string(i) + ":fake";
      SessionConfig config;
      config.homeserver = server.url();
      config.user_id = user;
      config.access_token = server.add_user(user, "DEVICE");
      if (i == 0) room = server.add_room(user, "#room:fake");
      config.room = room;
      config.create = i == 0;
      parties.push_back(std::make_unique<Party>(config));
    }
    parties[0]->set_local_tracks({{TrackSource::Microphone, false}, {TrackSource::Camera, false}});
    for (const auto& party : parties) {
      party->start();
      g_assert_true(party->reaches(SessionState::Joined));
    }
    const auto deadline = std::chrono::seconds(10 + 3 * size);
    for (size_t i = 0; i < size; i++) {
      if (parties[i]->reports_soon<matrix::FeedAdded>(2 * (size - 1), deadline)) continue;
      fake::print_log();
      g_error("party %zu of %zu has %zu feeds", i, size, parties[i]->reports<matrix::FeedAdded>());
    }
  }
  ~Crowd() {
    for (const auto& party : parties) party->leave();
    for (const auto& party : parties) party->ending();
  }

  fake::Homeserver server;
  std::string room;
  std::vector<std::unique_ptr<Party>> parties;
};

void mutes_with_one_request(size_t peers, bool encrypted) {
  Crowd crowd(peers + 1, encrypted);
  Party& us = *crowd.parties[0];
  const char* request = encrypted ? encrypted_message : metadata_changed;
  const auto change = [&](bool muted, size_t reports) {
    us.set_muted(TrackSource::Microphone, muted);
    us.set_muted(TrackSource::Camera, muted);
    for (size_t i = 1; i <= peers; i++)
      g_assert_true(crowd.parties[i]->reports_soon<matrix::FeedMuted>(reports));
  };
  /* Encrypted messages are of one type: by then those that connected everybody are out. */
  change(true, 2);
  for (const size_t reports : {4, 6}) {
    const size_t before = crowd.server.count(request);
    change(reports == 6, reports);
    g_assert_cmpuint(crowd.server.count(request), ==, before + 1);
  }
}

void mutes_with_one_request_whatever_the_number_of_peers() {
  for (const size_t peers : {2, 8}) mutes_with_one_request(peers, false);
  mutes_with_one_request(2, true);
  if (!test::is_long_run()) return;
  mutes_with_one_request(16, false);
  for (const size_t peers : {8, 16}) mutes_with_one_request(peers, true);
}

void renegotiates_when_a_track_goes() {
  Crowd crowd(2);
  crowd.parties[0]->set_local_tracks({{TrackSource::Microphone, false}});
  g_assert_true(crowd.parties[1]->eventually(
      [&] { return crowd.server.count("/sendToDevice/m.call.negotiate/") == 2; }));
  g_assert_true(crowd.parties[1]->reports_soon<matrix::FeedMuted>(1));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  fake::capture_log();
#define TEST(name) g_test_add_func("/session_media/" #name, name)
  TEST(mutes_with_one_request_whatever_the_number_of_peers);
  TEST(renegotiates_when_a_track_goes);
  return g_test_run();
}
