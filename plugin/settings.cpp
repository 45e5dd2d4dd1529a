/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/settings.h"

#include <array>
#include <string_view>

#include "plugin/ice_server.h"
#include "signalling/base/glib_ptr.h"
#include "signalling/crypto/secret_storage.h"

GLIB_FREE(GUri, g_uri_unref);
GLIB_OBJECT(GInetAddress);

namespace matrixcall {
namespace {

using rtc::Error;
using rtc::Result;

Error wrong(std::string message, std::string detail = {}) {
  return {Error::Kind::Settings, std::move(message), std::move(detail)};
}

bool is_loopback(const char* host) {
  if (g_ascii_strcasecmp(host, "localhost") == 0) return true;
  auto address = glib::Ref<GInetAddress>::adopt(g_inet_address_new_from_string(host));
  return address && g_inet_address_get_is_loopback(address.get());
}

Result<void> check_homeserver(const std::string& homeserver) {
  if (homeserver.empty())
    return wrong("No homeserver is set: set homeserver=https://matrix.example.org");
  glib::Unique<GUri> uri(g_uri_parse(homeserver.c_str(), G_URI_FLAGS_NONE, nullptr));
  const std::string_view scheme = uri ? g_uri_get_scheme(uri.get()) : "";
  const char* host = uri ? g_uri_get_host(uri.get()) : nullptr;
  if ((scheme != "https" && scheme != "http") || !host || !*host)
    return wrong(
        "homeserver is not the address of a server: it must look like "
        "https://matrix.example.org");
  if (scheme == "http" && !is_loopback(host))
    return wrong(
        "homeserver is reached over plain http, which would show the access token to "
        "everybody on the way: use https (http is for servers on this machine only)");
  return {};
}

Result<void> check_room(const std::string& room) {
  if (room.empty())
    return wrong("No room is set: set room='#alias:example.org' or room='!id:example.org'");
  const bool alias = room.starts_with('#') && room.find(':') != std::string::npos;
  if (!alias && !(room.starts_with('!') && room.size() > 1))
    return wrong(
        "room is neither an alias nor an id: it must look like #alias:example.org or "
        "!id:example.org");
  return {};
}

Result<void> check_login(const Settings& settings) {
  const int given = !settings.access_token.empty() + !settings.access_token_file.empty() +
                    !settings.password.empty();
  if (given == 0)
    return wrong(
        "No login is set: set access-token-file to a file that holds the access token of "
        "a device made for this program, or user-id and password");
  if (given > 1)
    return wrong(
        "More than one login is set: set only one of access-token-file, access-token "
        "and password");
  if (!settings.password.empty() && settings.user_id.empty())
    return wrong("No user is set: a password needs user-id, like @user:example.org");
  const auto& user = settings.user_id;
  if (!user.empty() && (!user.starts_with('@') || user.find(':') == std::string::npos))
    return wrong("user-id is not the id of a user: it must look like @user:example.org");
  return {};
}

/* What a property names a file of. */
struct SecretFile {
  const char* property;
  const char* what;
};
constexpr SecretFile token_file{"access-token-file", "an access token"};
constexpr SecretFile recovery_key_file{"recovery-key-file", "the user's recovery key"};

/* The first line of the file, without the white space behind it. */
Result<std::string> read_secret(const std::string& path, const SecretFile& file) {
  const std::string property = file.property;
  glib::Unique<char> content;
  glib::Unique<GError> error;
  {
    char* text = nullptr;
    GError* problem = nullptr;
    g_file_get_contents(path.c_str(), &text, nullptr, &problem);
    content.reset(text);
    error.reset(problem);
  }
  if (error) {
    const bool missing = g_error_matches(error.get(), G_FILE_ERROR, G_FILE_ERROR_NOENT);
    return Error{missing ? Error::Kind::NotFound : Error::Kind::Settings,
                 missing ? "There is no file " + path + ": " + property +
                               " must name a file that holds " + file.what
                         : "The file " + path + " cannot be read: " + property +
                               " must be readable by the user who runs this program",
                 error->message};
  }
  std::string_view line = content.get();
  line = line.substr(0, line.find_first_of("\r\n"));
  line = line.substr(0, line.find_last_not_of(" \t\v\f") + 1);
  if (line.empty())
    return wrong("The file " + path + " is empty: the first line of " + property + " must be " +
                 file.what);
  return std::string(line);
}

/* "" if none is set. */
Result<std::string> read_recovery_key(const std::string& path) {
  if (path.empty()) return std::string();
  auto key = read_secret(path, recovery_key_file);
  if (key && !matrix::read_recovery_key(*key))
    return wrong("The file " + path +
                 " holds no recovery key: the first line of recovery-key-file must be the "
                 "recovery key that another client showed, like EsTc 5rr1 ...");
  return key;
}

Result<void> check_ca_file(const std::string& path) {
  if (path.empty() || g_file_test(path.c_str(), G_FILE_TEST_IS_REGULAR)) return {};
  return Error{Error::Kind::NotFound,
               "There is no file " + path + ": tls-ca-file must name a PEM file", ""};
}

Result<std::vector<rtc::IceServer>> ice_servers(const Settings& settings) {
  std::vector<rtc::IceServer> servers;
  if (!settings.stun_server.empty()) {
    auto server = parse_stun_server(settings.stun_server);
    if (!server) return server.error();
    servers.push_back(std::move(*server));
  }
  if (!settings.turn_server.empty()) {
    auto server = parse_turn_server(settings.turn_server);
    if (!server) return server.error();
    servers.push_back(std::move(*server));
  }
  return servers;
}

/* The device of a token outlives the process, so its keys must; one that is made with a
 * password ends with it unless its keys are kept. */
std::string store_folder(const Settings& settings) {
  const bool has_token = !settings.access_token.empty() || !settings.access_token_file.empty();
  if (!settings.store.empty() || !has_token) return settings.store;
  return std::string(g_get_user_data_dir()) + "/gst-matrix-call";
}

Result<void> check_trust(const Settings& settings) {
  const bool strict = settings.signalling_encryption == SignallingEncryption::Required ||
                      settings.device_trust == DeviceTrust::Signed;
  if (strict && settings.accept_plaintext)
    return wrong(
        "accept-plaintext=true contradicts signalling-encryption=required and device-trust=signed: "
        "leave one of them out");
  if (!settings.store_key_file.empty() && store_folder(settings).empty())
    return wrong("store-key-file needs the store that it is the key of: set store");
  return {};
}

}  // namespace

Result<matrix::SessionConfig> session_config(const Settings& settings) {
  const std::array checks{check_homeserver(settings.homeserver), check_room(settings.room),
                          check_login(settings), check_ca_file(settings.tls_ca_file),
                          check_trust(settings)};
  for (const auto& check : checks) {
    if (!check) return check.error();
  }
  auto selection = read_selection(settings.selection);
  if (!selection) return selection.error();
  auto servers = ice_servers(settings);
  if (!servers) return servers.error();
  std::string token = settings.access_token;
  if (!settings.access_token_file.empty()) {
    auto read = read_secret(settings.access_token_file, token_file);
    if (!read) return read.error();
    token = std::move(*read);
  }
  auto recovery_key = read_recovery_key(settings.recovery_key_file);
  if (!recovery_key) return recovery_key.error();
  return matrix::SessionConfig{
      .homeserver = settings.homeserver,
      .user_id = settings.user_id,
      .device_id = settings.device_id,
      .access_token = std::move(token),
      .password = settings.password,
      .room = settings.room,
      .call_id = settings.call_id,
      .create = settings.create,
      .intent = settings.intent,
      .max_participants = settings.max_participants,
      .max_devices_per_user = settings.max_devices_per_user,
      .selection = std::move(*selection),
      .ca_file = settings.tls_ca_file,
      .ice_servers = std::move(*servers),
      .relay_only = settings.relay_only,
      .trust = {.required = settings.signalling_encryption == SignallingEncryption::Required,
                .accept_plaintext = settings.accept_plaintext,
                .signed_only = settings.device_trust == DeviceTrust::Signed},
      .store = store_folder(settings),
      .store_key_file = settings.store_key_file,
      .recovery_key = std::move(*recovery_key),
  };
}

}  // namespace matrixcall
