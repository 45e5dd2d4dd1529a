/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/signalling/fake_homeserver.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#include <list>

#include "signalling/base/loop.h"
#include "tests/signalling/fake_certificate.h"

GLIB_OBJECT(SoupServer);
GLIB_OBJECT(SoupServerMessage);
GLIB_OBJECT(GTlsCertificate);
GLIB_OBJECT(GSocketAddress);
GLIB_COUNTED(GBytes, g_bytes_ref, g_bytes_unref);

namespace fake {

using glib::Ref;

struct Homeserver::Impl {
  /* A request that has no answer yet. */
  struct Waiting {
    Ref<SoupServerMessage> message;
    Request request;
    bool held = false;   /* for resume() */
    bool silent = false; /* for ever */
    rtc::Loop::Timer timer;
  };

  Rooms rooms;
  Hook hook;
  std::vector<Request> requests;
  std::list<Waiting> waiting;
  Ref<SoupServer> server;
  guint16 port = 0;
  bool tls = false;
  bool paused = false;
  std::string url;
  std::string ca_file;
  rtc::Loop loop; /* last: its thread uses all of the above */

  void listen();
  void close();
  void received(SoupServerMessage* message);
  void serve(std::list<Waiting>::iterator entry);
  void reply(std::list<Waiting>::iterator entry, const Answer& answer);
  void poll_again();
};

namespace {

Ref<GTlsCertificate> make_certificate() {
  return Ref<GTlsCertificate>::adopt(g_tls_certificate_new_from_pem(certificate_pem, -1, nullptr));
}

std::string write_ca_file() {
  char* name = nullptr;
  const gint file = g_file_open_tmp("fake-ca-XXXXXX.pem", &name, nullptr);
  g_assert_cmpint(file, >=, 0);
  g_close(file, nullptr);
  const glib::Unique<char> owned(name);
  g_assert_true(g_file_set_contents(name, certificate_pem, -1, nullptr));
  return name;
}

Request read_request(SoupServerMessage* message) {
  GUri* uri = soup_server_message_get_uri(message);
  const char* query = g_uri_get_query(uri);
  const char* authorization = soup_message_headers_get_one(
      soup_server_message_get_request_headers(message), "Authorization");
  SoupMessageBody* body = soup_server_message_get_request_body(message);
  const auto bytes = Ref<GBytes>::adopt(soup_message_body_flatten(body));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes.get(), &size));
  return {soup_server_message_get_method(message), g_uri_get_path(uri), query ? query : "",
          authorization ? authorization : "", data ? std::string(data, size) : std::string()};
}

}  // namespace

void Homeserver::Impl::listen() {
  server = Ref<SoupServer>::adopt(soup_server_new("raw-paths", TRUE, nullptr));
  if (tls) soup_server_set_tls_certificate(server.get(), make_certificate().get());
  soup_server_add_handler(
      server.get(), nullptr,
      [](SoupServer*, SoupServerMessage* message, const char*, GHashTable*, gpointer data) {
        static_cast<Impl*>(data)->received(message);
      },
      this, nullptr);
  const auto address =
      Ref<GSocketAddress>::adopt(g_inet_socket_address_new_from_string("127.0.0.1", port));
  const auto options = tls ? SOUP_SERVER_LISTEN_HTTPS : SoupServerListenOptions(0);
  GError* error = nullptr;
  if (!soup_server_listen(server.get(), address.get(), options, &error))
    g_error("fake homeserver: %s", error->message);
  GSList* uris = soup_server_get_uris(server.get());
  port = static_cast<guint16>(g_uri_get_port(static_cast<GUri*>(uris->data)));
  g_slist_free_full(uris, [](gpointer uri) { g_uri_unref(static_cast<GUri*>(uri)); });
}

void Homeserver::Impl::close() {
  waiting.clear();
  if (server) soup_server_disconnect(server.get());
  server = {};
}

void Homeserver::Impl::received(SoupServerMessage* message) {
  waiting.push_back({.message = Ref<SoupServerMessage>::share(message),
                     .request = read_request(message),
                     .timer = {}});
  const auto entry = std::prev(waiting.end());
  requests.push_back(entry->request);
  soup_server_message_pause(message);
  glib::connect<void>(message, "disconnected", [this, message] {
    waiting.remove_if([&](const Waiting& other) { return other.message.get() == message; });
  });
  entry->held = paused;
  if (paused) return;
  const bool changes = entry->request.method != "GET";
  serve(entry);
  if (changes) poll_again();
}

void Homeserver::Impl::serve(std::list<Waiting>::iterator entry) {
  auto scripted = hook ? hook(entry->request) : std::nullopt;
  auto answer = scripted ? scripted : rooms.handle(entry->request);
  if (!answer) {
    const size_t at = entry->request.query.find("timeout=");
    const int timeout =
        at == std::string::npos ? 0 : std::stoi(entry->request.query.substr(at + 8));
    entry->timer = loop.after(std::chrono::milliseconds(timeout),
                              [this, entry] { reply(entry, rooms.sync_timed_out()); });
  } else if (answer->never) {
    entry->silent = true;
  } else if (answer->delay.count() > 0) {
    entry->silent = true;
    entry->timer = loop.after(answer->delay, [this, entry, answer] { reply(entry, *answer); });
  } else {
    reply(entry, *answer);
  }
}

void Homeserver::Impl::reply(std::list<Waiting>::iterator entry, const Answer& answer) {
  const Waiting done = std::move(*entry);
  waiting.erase(entry);
  SoupServerMessage* message = done.message.get();
  for (const auto& [name, value] : answer.headers)
    soup_message_headers_replace(soup_server_message_get_response_headers(message), name.c_str(),
                                 value.c_str());
  soup_server_message_set_status(message, answer.status, nullptr);
  soup_server_message_set_response(message, "application/json", SOUP_MEMORY_COPY,
                                   answer.body.data(), answer.body.size());
  soup_server_message_unpause(message);
}

/* Something has changed: syncs may have news. */
void Homeserver::Impl::poll_again() {
  for (auto entry = waiting.begin(); entry != waiting.end();) {
    const auto current = entry++;
    if (paused || current->held || current->silent || current->request.method != "GET") continue;
    if (const auto answer = rooms.handle(current->request)) reply(current, *answer);
  }
}

Homeserver::Homeserver(Transport transport) : impl_(std::make_unique<Impl>()) {
  impl_->tls = transport == Transport::Tls;
  impl_->loop.run_sync([this] { impl_->listen(); });
  impl_->url =
      (impl_->tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(impl_->port);
  if (impl_->tls) impl_->ca_file = write_ca_file();
}

Homeserver::~Homeserver() {
  impl_->loop.run_sync([this] { impl_->close(); });
  if (impl_->tls) g_unlink(impl_->ca_file.c_str());
}

const std::string& Homeserver::url() const {
  return impl_->url;
}

const std::string& Homeserver::ca_file() const {
  return impl_->ca_file;
}

std::string Homeserver::add_user(const std::string& user_id, const std::string& device_id,
                                 const std::string& password) {
  std::string token;
  impl_->loop.run_sync([&] { token = impl_->rooms.add_user(user_id, device_id, password); });
  return token;
}

std::string Homeserver::add_room(const std::string& creator, const std::string& alias,
                                 bool is_public) {
  std::string id;
  impl_->loop.run_sync([&] { id = impl_->rooms.add_room(creator, alias, is_public); });
  return id;
}

void Homeserver::set_state(const std::string& room_id, const std::string& sender,
                           const std::string& type, const std::string& key,
                           const std::string& content) {
  impl_->loop.run_sync([&] {
    impl_->rooms.set_state(room_id, sender, type, key, *matrix::Json::parse(content));
    impl_->poll_again();
  });
}

std::string Homeserver::state(const std::string& room_id, const std::string& type,
                              const std::string& key) {
  std::string content;
  impl_->loop.run_sync([&] { content = impl_->rooms.state(room_id, type, key); });
  return content;
}

void Homeserver::send_to_device(const std::string& sender, const std::string& type,
                                const std::string& user, const std::string& device,
                                const std::string& content) {
  impl_->loop.run_sync([&] {
    impl_->rooms.send_to_device(sender, type, user, device, *matrix::Json::parse(content));
    impl_->poll_again();
  });
}

void Homeserver::set_turn(const std::string& body) {
  impl_->loop.run_sync([&] { impl_->rooms.set_turn(body); });
}

void Homeserver::with_keys(const std::function<void(Keys&)>& use) {
  impl_->loop.run_sync([&] { use(impl_->rooms.keys()); });
}

void Homeserver::announce_devices(const std::string& user_id) {
  impl_->loop.run_sync([&] {
    impl_->rooms.announce_devices(user_id);
    impl_->poll_again();
  });
}

size_t Homeserver::devices() {
  size_t number = 0;
  impl_->loop.run_sync([&] { number = impl_->rooms.devices(); });
  return number;
}

void Homeserver::set_hook(Hook hook) {
  impl_->loop.run_sync([&] { impl_->hook = std::move(hook); });
}

void Homeserver::pause() {
  impl_->loop.run_sync([this] { impl_->paused = true; });
}

void Homeserver::resume() {
  impl_->loop.run_sync([this] {
    impl_->paused = false;
    for (auto entry = impl_->waiting.begin(); entry != impl_->waiting.end();) {
      const auto current = entry++;
      if (std::exchange(current->held, false)) impl_->serve(current);
    }
    impl_->poll_again();
  });
}

void Homeserver::stop() {
  impl_->loop.run_sync([this] { impl_->close(); });
}

void Homeserver::start() {
  impl_->loop.run_sync([this] { impl_->listen(); });
}

std::vector<Request> Homeserver::requests() {
  std::vector<Request> copy;
  impl_->loop.run_sync([&] { copy = impl_->requests; });
  return copy;
}

size_t Homeserver::count(const std::string& part, const std::string& method) {
  size_t number = 0;
  for (const auto& request : requests())
    if (request.path.find(part) != std::string::npos &&
        (method.empty() || request.method == method))
      number++;
  return number;
}

}  // namespace fake
