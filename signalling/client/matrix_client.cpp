/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/matrix_client.h"

#include <algorithm>

namespace matrix {
namespace {

using Kind = rtc::Error::Kind;
using std::chrono::milliseconds;

constexpr const char* api = "/_matrix/client/v3";
/* Whoever waits for a start wants to know soon that nobody answers. */
constexpr milliseconds identity_limit{7000};
/* They may be asked of other servers, which get ten seconds. */
constexpr milliseconds keys_limit{15000};
/* Servers answer a long poll late when they are busy. */
constexpr milliseconds poll_grace{80000};
constexpr size_t sync_size_limit = 64u << 20;

std::string path(std::initializer_list<std::string_view> parts) {
  std::string result = api;
  for (const auto part : parts) result += "/" + url_part(part);
  return result;
}

/* What the server said of @reply's error replaces the general sentence. */
void explain(HttpReply& reply, Kind kind, std::string message) {
  reply.error->kind = kind;
  reply.error->message = std::move(message);
}

void explain_login(HttpReply& reply) {
  if (reply.errcode == "M_USER_DEACTIVATED")
    explain(reply, Kind::Auth, "This user's account is deactivated.");
  else if (reply.status == 403 || reply.status == 401)
    explain(reply, Kind::Auth, "The user id or the password is wrong.");
  else if (reply.errcode == "M_UNKNOWN" || reply.errcode == "M_UNRECOGNIZED")
    explain(reply, Kind::Auth,
            "This homeserver takes no passwords: use an access token, see README.");
}

void explain_join(HttpReply& reply, const std::string& room) {
  if (reply.errcode.empty() || reply.errcode == "M_UNRECOGNIZED") return; /* no Matrix server */
  const std::string name = "the room " + printable(room);
  if (reply.status == 403)
    explain(reply, Kind::Denied,
            "We may not join " + name + ": have our user invited, or make the room public.");
  else if (reply.status == 404)
    explain(reply, Kind::NotFound,
            "There is no such room as " + printable(room) + ": is its id or alias right?");
  else if (reply.status == 400)
    explain(reply, Kind::NotFound,
            "The homeserver takes " + printable(room) +
                " for no room: write its id (!...) or alias (#...).");
  else if (reply.status >= 500)
    /* Also what a homeserver says of a room that only others know. */
    explain(reply, Kind::Network,
            "The homeserver could not join " + name + ": is its id or alias right?");
}

TurnServers read_turn_servers(const Json& body) {
  TurnServers result;
  const std::string username = body.string_at("username").value_or("");
  const std::string password = body.string_at("password").value_or("");
  for (const auto& element : body["uris"].elements())
    if (auto uri = element.as_string(); uri && !uri->empty())
      result.servers.push_back({std::move(*uri), username, password});
  result.ttl = std::chrono::seconds(
      std::clamp<std::int64_t>(body.integer_at("ttl").value_or(86400), 60, 7L * 86400));
  return result;
}

Login read_login(const Json& body) {
  return {body.string_at("user_id").value_or(""), body.string_at("device_id").value_or(""),
          body.string_at("access_token").value_or("")};
}

/* An answer that lacks what it is for. */
void miss(HttpReply& reply, const char* what) {
  reply.error = {Kind::Protocol, "The homeserver does not answer as Matrix does.",
                 std::string("no ") + what};
}

}  // namespace

rtc::Result<std::unique_ptr<MatrixClient>> MatrixClient::create(rtc::Loop& loop,
                                                                const std::string& base_url,
                                                                const std::string& ca_file) {
  auto http = Http::create(loop, base_url, ca_file);
  if (!http.ok()) return http.error();
  return std::make_unique<MatrixClient>(std::move(*http));
}

void MatrixClient::use(const Login& login) {
  const std::string who = login.user_id.empty() ? "?" : login.user_id + "/" + login.device_id;
  http_->set_identity(who, login.access_token);
}

MatrixClient::Pending MatrixClient::login(const std::string& user, const std::string& password,
                                          const std::string& device_id, Answer<Login> done) {
  JsonObjectBuilder body;
  body.set("type", "m.login.password")
      .set("identifier", JsonObjectBuilder().set("type", "m.id.user").set("user", user).build())
      .set("password", password)
      .set("initial_device_display_name", "gst-matrix-call");
  if (!device_id.empty()) body.set("device_id", device_id);
  return http_->send({.method = "POST",
                      .path = path({"login"}),
                      .query = {},
                      .body = body.build(),
                      .time_limit = identity_limit},
                     [done = std::move(done)](HttpReply reply) {
                       Login login = read_login(reply.body);
                       if (!reply.ok())
                         explain_login(reply);
                       else if (login.access_token.empty() || login.user_id.empty())
                         miss(reply, "access_token");
                       done(std::move(reply), std::move(login));
                     });
}

MatrixClient::Pending MatrixClient::whoami(Answer<Login> done) {
  return http_->send({.method = "GET",
                      .path = path({"account", "whoami"}),
                      .query = {},
                      .body = {},
                      .time_limit = identity_limit},
                     [done = std::move(done)](HttpReply reply) {
                       Login login = read_login(reply.body);
                       if (reply.ok() && login.user_id.empty()) miss(reply, "user_id");
                       done(std::move(reply), std::move(login));
                     });
}

MatrixClient::Pending MatrixClient::logout(Done done) {
  return http_->send({.method = "POST",
                      .path = path({"logout"}),
                      .query = {},
                      .body = JsonObjectBuilder().build()},
                     std::move(done));
}

MatrixClient::Pending MatrixClient::join(const std::string& room, Answer<std::string> done) {
  return http_->send({.method = "POST",
                      .path = path({"join", room}),
                      .query = {},
                      .body = JsonObjectBuilder().build(),
                      .time_limit = milliseconds(30000)}, /* may ask other servers */
                     [room, done = std::move(done)](HttpReply reply) {
                       std::string id = reply.body.string_at("room_id").value_or("");
                       if (!reply.ok())
                         explain_join(reply, room);
                       else if (id.empty())
                         miss(reply, "room_id");
                       done(std::move(reply), std::move(id));
                     });
}

MatrixClient::Pending MatrixClient::put_state(const std::string& room_id, const std::string& type,
                                              const std::string& state_key, const Json& content,
                                              Done done) {
  return http_->send({.method = "PUT",
                      .path = path({"rooms", room_id, "state", type, state_key}),
                      .query = {},
                      .body = content},
                     std::move(done));
}

MatrixClient::Pending MatrixClient::get_state(const std::string& room_id, const std::string& type,
                                              const std::string& state_key, Done done) {
  return http_->send({.method = "GET",
                      .path = path({"rooms", room_id, "state", type, state_key}),
                      .query = {},
                      .body = {}},
                     std::move(done));
}

MatrixClient::Pending MatrixClient::send_to_device(const std::string& type,
                                                   const std::string& transaction,
                                                   const Json& messages, Done done) {
  return http_->send({.method = "PUT",
                      .path = path({"sendToDevice", type, transaction}),
                      .query = {},
                      .body = JsonObjectBuilder().set("messages", messages).build()},
                     std::move(done));
}

MatrixClient::Pending MatrixClient::keys(const char* what, const Json& body, Done done) {
  return http_->send({.method = "POST",
                      .path = path({"keys", what}),
                      .query = {},
                      .body = body,
                      .time_limit = keys_limit},
                     std::move(done));
}

MatrixClient::Pending MatrixClient::upload_signatures(const Json& body, Done done) {
  return http_->send(
      {.method = "POST", .path = path({"keys", "signatures", "upload"}), .query = {}, .body = body},
      std::move(done));
}

MatrixClient::Pending MatrixClient::account_data(const std::string& user_id,
                                                 const std::string& type, Done done) {
  return http_->send({.method = "GET",
                      .path = path({"user", user_id, "account_data", type}),
                      .query = {},
                      .body = {}},
                     std::move(done));
}

MatrixClient::Pending MatrixClient::turn_servers(Answer<TurnServers> done) {
  return http_->send(
      {.method = "GET", .path = path({"voip", "turnServer"}), .query = {}, .body = {}},
      [done = std::move(done)](HttpReply reply) {
        /* Guests are refused, and a server without TURN need not know the request. */
        if (reply.status == 403 || reply.status == 404) reply.error.reset();
        auto servers = reply.ok() ? read_turn_servers(reply.body) : TurnServers();
        done(std::move(reply), std::move(servers));
      });
}

MatrixClient::Pending MatrixClient::sync(const SyncRequest& request, Done done) {
  std::string query = "timeout=" + std::to_string(request.timeout.count()) +
                      "&set_presence=offline&filter=" + url_part(request.filter);
  if (request.full_state) query += "&full_state=true";
  if (!request.since.empty()) query += "&since=" + url_part(request.since);
  return http_->send({.method = "GET",
                      .path = path({"sync"}),
                      .query = std::move(query),
                      .body = {},
                      .time_limit = request.timeout + poll_grace,
                      .size_limit = sync_size_limit},
                     std::move(done));
}

}  // namespace matrix
