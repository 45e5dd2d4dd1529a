/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench_crypto mute|start: what encryption costs, as lines of JSON.
 *
 *   mute: CPU time in us of a message to 16 devices, saved before it leaves: {"ours", "bare"}, bare
 *     being 16 calls of olm_encrypt() for as many bytes
 *   start: ms from the start of a session to its first sync at the homeserver: {"full", "empty"},
 *     full being a store of 1,000 known devices, with sessions, and 100 past calls */
#include <ctime>
#include <iostream>
#include <string_view>

#include "signalling/client/session.h"
#include "signalling/client/store.h"
#include "signalling/client/system_entropy.h"
#include "tests/signalling/crypto_party.h"
#include "tests/signalling/fake_homeserver.h"
#include "tests/signalling/party.h"

namespace {

constexpr int rounds = 15;
constexpr size_t peers = 16;
const matrix::Address us{"@us:fake", "US"};

/* Of this thread. */
double cpu_us() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

std::string new_folder() {
  return glib::Unique<char>(g_dir_make_tmp("bench-XXXXXX", nullptr)).get();
}

void remove_folder(const std::string& folder) {
  const std::string command = "rm -r '" + folder + "'";
  g_spawn_command_line_sync(command.c_str(), nullptr, nullptr, nullptr, nullptr);
}

/* What a mute says to each (group calls write both names of the stream's metadata). */
matrix::Json mute_message() {
  const auto streams = *matrix::Json::parse(
      R"({"stream-0123456789":{"purpose":"m.usermedia","audio_muted":true,"video_muted":false}})");
  return matrix::JsonObjectBuilder()
      .set("call_id", "0123456789abcdef01234567")
      .set("conf_id", "0123456789abcdef01234567")
      .set("device_id", us.device_id)
      .set("party_id", us.device_id)
      .set("sender_session_id", "0123456789abcdef")
      .set("dest_session_id", "0123456789abcdef")
      .set("seq", 42)
      .set("version", "1")
      .set("sdp_stream_metadata", streams)
      .set("org.matrix.msc3077.sdp_stream_metadata", streams)
      .build();
}

void mute() {
  fake::Keys server;
  fake::CryptoParty ours(server, us.user_id, us.device_id);
  const std::string folder = new_folder();
  auto store = std::move(*matrix::Store::open({folder, ""}, us, matrix::system_entropy));
  std::vector<std::unique_ptr<fake::CryptoParty>> them;
  std::vector<matrix::OlmSession> bare;
  const auto account = matrix::Account::create(matrix::system_entropy);
  for (size_t i = 0; i < peers; i++) {
    const std::string user = "@peer" + std::to_string(i) + ":fake";
    them.push_back(std::make_unique<fake::CryptoParty>(server, user, "DEVICE"));
    (void)them.back()->read(ours, ours.encrypt(*them.back(), "hello"));
    (void)ours.read(*them.back(), them.back()->encrypt(ours, "hello"));
    auto session =
        matrix::OlmSession::outbound(account, (*them.back())->identity().curve25519,
                                     (*them.back())->identity().curve25519, matrix::system_entropy);
    bare.push_back(std::move(*session));
  }
  const matrix::Json message = mute_message();
  const std::string text(matrix::write_olm_payload("m.call.sdp_stream_metadata_changed",
                                                   message.text(), us, ours->identity().ed25519,
                                                   matrix::write_device_keys(us, account).text(),
                                                   "@peer0:fake", ours->identity().ed25519)
                             .text());
  for (int round = 0; round < rounds; round++) {
    const double start = cpu_us();
    for (const auto& peer : them)
      (void)ours->encrypt(peer->address(), "m.call.sdp_stream_metadata_changed", message);
    (void)store->save(ours->take_changes(), std::nullopt);
    const double middle = cpu_us();
    for (auto& session : bare) (void)session.encrypt(text, matrix::system_entropy);
    std::cout << "{\"ours\":" << middle - start << ",\"bare\":" << cpu_us() - middle << '}'
              << std::endl;
  }
  store.reset();
  remove_folder(folder);
}

/* Ours, published; with @devices known, and sessions with them. */
void fill(matrix::Store& store, fake::Keys& server, size_t devices, size_t calls) {
  auto machine = matrix::OlmMachine::create({us, matrix::system_entropy, store.key().copy()}, {});
  for (const auto& request : machine->take_requests(matrix::Time(0)))
    if (const auto* upload = std::get_if<matrix::UploadKeys>(&request))
      machine->uploaded(server.upload({us.user_id, us.device_id}, upload->body));
  const auto other = matrix::Account::create(matrix::system_entropy);
  for (size_t i = 0; i < devices; i++) {
    const matrix::Address address{"@user" + std::to_string(i) + ":fake", "DEVICE"};
    auto peer = matrix::Account::create(matrix::system_entropy);
    peer.generate_one_time_keys(1, matrix::system_entropy);
    matrix::JsonObjectBuilder keys;
    matrix::write_one_time_key(keys, address, peer, peer.one_time_keys().front(), false);
    server.upload({address.user_id, address.device_id},
                  matrix::JsonObjectBuilder()
                      .set("device_keys", matrix::write_device_keys(address, peer))
                      .set("one_time_keys", keys.build())
                      .build());
    for (int step = 0; step < 2; step++) {
      machine->reach(address, matrix::Time(0));
      for (const auto& request : machine->take_requests(matrix::Time(0))) {
        if (const auto* query = std::get_if<matrix::QueryKeys>(&request))
          machine->queried(query->id, server.query(query->body), matrix::Time(0));
        if (const auto* claim = std::get_if<matrix::ClaimKeys>(&request))
          machine->claimed(claim->id, server.claim(claim->body), matrix::Time(0));
      }
    }
  }
  (void)store.save(machine->take_changes(), std::nullopt);
  for (size_t i = 0; i < calls; i++)
    (void)store.put_call({"!room" + std::to_string(i) + ":fake",
                          "call",
                          matrix::Time(1),
                          false,
                          {"@a:fake", "@b:fake", "@c:fake"}});
}

double first_sync_ms(size_t devices, size_t calls) {
  fake::Homeserver server;
  matrix::SessionConfig config;
  config.homeserver = server.url();
  config.access_token = server.add_user(us.user_id, us.device_id);
  config.room = server.add_room(us.user_id);
  config.store = new_folder();
  {
    auto store = std::move(*matrix::Store::open({config.store, ""}, us, matrix::system_entropy));
    server.with_keys([&](fake::Keys& keys) { fill(*store, keys, devices, calls); });
  }
  fake::Party party(config);
  const gint64 start = g_get_monotonic_time();
  party.start();
  while (server.count("/sync") == 0) g_usleep(100);
  const double ms = static_cast<double>(g_get_monotonic_time() - start) / 1000;
  party.leave();
  party.ending();
  remove_folder(config.store);
  return ms;
}

void start() {
  for (int round = 0; round < rounds; round++) {
    const double full = first_sync_ms(1000, 100);
    const double empty = first_sync_ms(0, 0);
    std::cout << "{\"full\":" << full << ",\"empty\":" << empty << '}' << std::endl;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  std::string_view(argv[1]) == "mute" ? mute() : start();
}
