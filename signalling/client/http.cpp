/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/http.h"

#include <libsoup/soup.h>

#include <array>

#include "signalling/base/log.h"

GLIB_OBJECT(SoupSession);
GLIB_OBJECT(SoupMessage);
GLIB_OBJECT(GCancellable);
GLIB_OBJECT(GInputStream);
GLIB_OBJECT(GTlsDatabase);
GLIB_OBJECT(GSocketConnectable);
GLIB_COUNTED(GUri, g_uri_ref, g_uri_unref);
GLIB_COUNTED(GBytes, g_bytes_ref, g_bytes_unref);

namespace matrix {

using glib::Ref;
using glib::Unique;

namespace {

using Kind = rtc::Error::Kind;

constexpr unsigned max_connections = 16;

rtc::Error settings_error(std::string message, std::string detail = {}) {
  return {Kind::Settings, std::move(message), std::move(detail)};
}

bool is_loopback(const char* host) {
  if (g_ascii_strcasecmp(host, "localhost") == 0) return true;
  GInetAddress* address = g_inet_address_new_from_string(host);
  if (!address) return false;
  const Ref<GObject> owner = Ref<GObject>::adopt(G_OBJECT(address));
  return g_inet_address_get_is_loopback(address) != FALSE;
}

rtc::Result<Ref<GUri>> read_base_url(const std::string& text) {
  auto uri = Ref<GUri>::adopt(g_uri_parse(text.c_str(), GUriFlags(SOUP_HTTP_URI_FLAGS), nullptr));
  const char* host = uri ? g_uri_get_host(uri.get()) : nullptr;
  if (!host || !*host || g_uri_get_query(uri.get()) || g_uri_get_fragment(uri.get()))
    return settings_error("The homeserver's address \"" + printable(text) +
                          "\" is not one: write it as https://matrix.example.org.");
  const std::string scheme = g_uri_get_scheme(uri.get());
  if (scheme != "https" && scheme != "http")
    return settings_error("The homeserver's address must begin with https://.");
  if (scheme == "http" && !is_loopback(host))
    return settings_error(
        "The homeserver's address must begin with https://: http:// sends the access token in "
        "clear and is for servers on this machine only.");
  if (g_uri_get_userinfo(uri.get()))
    return settings_error("The homeserver's address must not hold a user name or password.");
  return uri;
}

/* Asked when the system's authorities did not vouch for @certificate. */
bool vouches(GTlsDatabase* authorities, GUri* uri, GTlsCertificate* certificate) {
  const auto identity = Ref<GSocketConnectable>::adopt(
      g_network_address_new(g_uri_get_host(uri), static_cast<guint16>(g_uri_get_port(uri))));
  return g_tls_database_verify_chain(authorities, certificate,
                                     G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER, identity.get(),
                                     nullptr, G_TLS_DATABASE_VERIFY_NONE, nullptr, nullptr) == 0;
}

/* One request from send() to its answer. Its message owns it, and each asynchronous
 * operation owns the message: so it lives as long as anything can call it, also when the
 * loop ends in between. */
class Exchange {
 public:
  Exchange(SoupMessage* message, std::string server, std::string label, size_t size_limit,
           Http::Done done)
      : message_(message),
        server_(std::move(server)),
        label_(std::move(label)),
        size_limit_(size_limit),
        done_(std::move(done)) {}

  static Exchange* of(gpointer message) {
    return static_cast<Exchange*>(g_object_get_data(G_OBJECT(message), "exchange"));
  }
  static void attach(std::unique_ptr<Exchange> exchange, SoupMessage* message) {
    g_object_set_data_full(G_OBJECT(message), "exchange", exchange.release(), [](gpointer data) {
      std::unique_ptr<Exchange>(static_cast<Exchange*>(data));
    });
  }

  void start(SoupSession* session, rtc::Loop& loop, std::chrono::milliseconds limit) {
    deadline_ = loop.after(limit, [this] {
      const auto owner = Ref<SoupMessage>::share(message_);
      g_cancellable_cancel(cancellable_.get());
      finish(no_answer(server_, "time limit"));
    });
    soup_session_send_async(session, message_, G_PRIORITY_DEFAULT, cancellable_.get(), &on_sent,
                            this);
  }

  void abandon() {
    done_ = nullptr;
    deadline_ = {};
    g_cancellable_cancel(cancellable_.get());
  }

 private:
  static void on_sent(GObject* session, GAsyncResult* result, gpointer data) {
    auto* self = static_cast<Exchange*>(data);
    const auto owner = Ref<SoupMessage>::share(self->message_);
    GError* raw = nullptr;
    auto stream =
        Ref<GInputStream>::adopt(soup_session_send_finish(SOUP_SESSION(session), result, &raw));
    const Unique<GError> error(raw);
    if (!stream) {
      self->finish(transport_failure(self->server_, *error));
    } else if (self->done_) {
      g_object_set_data_full(G_OBJECT(stream.get()), "message", g_object_ref(self->message_),
                             g_object_unref);
      self->read_more(stream.get());
    }
  }

  void read_more(GInputStream* stream) {
    g_input_stream_read_async(stream, chunk_.data(), chunk_.size(), G_PRIORITY_DEFAULT,
                              cancellable_.get(), &on_read, this);
  }

  static void on_read(GObject* object, GAsyncResult* result, gpointer data) {
    auto* self = static_cast<Exchange*>(data);
    const auto owner = Ref<SoupMessage>::share(self->message_);
    auto* stream = G_INPUT_STREAM(object);
    GError* raw = nullptr;
    const gssize size = g_input_stream_read_finish(stream, result, &raw);
    const Unique<GError> error(raw);
    if (!self->done_) return;
    if (size < 0) return self->finish(transport_failure(self->server_, *error));
    if (size == 0) return self->answered();
    self->body_.append(self->chunk_.data(), static_cast<size_t>(size));
    if (self->body_.size() <= self->size_limit_) return self->read_more(stream);
    g_cancellable_cancel(self->cancellable_.get());
    self->finish(answer_too_large(self->server_, self->size_limit_));
  }

  void answered() {
    SoupMessageHeaders* headers = soup_message_get_response_headers(message_);
    const auto header = [&](const char* name) {
      const char* value = soup_message_headers_get_one(headers, name);
      return std::string(value ? value : "");
    };
    const std::string retry_after = header("Retry-After");
    const std::string location = header("Location");
    finish(read_reply(server_, {.status = soup_message_get_status(message_),
                                .body = body_,
                                .retry_after = retry_after,
                                .location = location}));
  }

  void finish(HttpReply reply) {
    deadline_ = {};
    body_ = {};
    if (!done_) return;
    if (reply.error)
      LOG_DEBUG(Client, "%s: %s", label_.c_str(), reply.error->detail.c_str());
    else
      LOG_DEBUG(Client, "%s: HTTP %u", label_.c_str(), reply.status);
    std::exchange(done_, nullptr)(std::move(reply));
  }

  SoupMessage* message_; /* owns this */
  std::string server_;
  std::string label_;
  size_t size_limit_;
  Http::Done done_;
  Ref<GCancellable> cancellable_ = Ref<GCancellable>::adopt(g_cancellable_new());
  rtc::Loop::Timer deadline_;
  std::string body_;
  std::array<char, 16384> chunk_;
};

}  // namespace

struct Http::Impl {
  Impl(rtc::Loop& owner, std::string address, Ref<GTlsDatabase> authorities)
      : loop(owner), base(std::move(address)), extra_authorities(std::move(authorities)) {}

  rtc::Loop& loop;
  std::string base; /* without a slash at the end */
  Ref<GTlsDatabase> extra_authorities;
  std::string who = "?";
  std::string access_token;
  Ref<SoupSession> session = Ref<SoupSession>::adopt(
      soup_session_new_with_options("max-conns", max_connections, "max-conns-per-host",
                                    max_connections, "user-agent", "gst-matrix-call", nullptr));

  Ref<SoupMessage> make_message(const HttpRequest& request) const;
};

Ref<SoupMessage> Http::Impl::make_message(const HttpRequest& request) const {
  const std::string url =
      base + request.path + (request.query.empty() ? std::string() : "?" + request.query);
  auto message = Ref<SoupMessage>::adopt(soup_message_new(request.method, url.c_str()));
  g_assert(message); /* the base was checked and the rest is encoded */
  glib::connect<gboolean, GTlsCertificate*, GTlsCertificateFlags>(
      message.get(), "accept-certificate",
      [authorities = extra_authorities, raw = message.get()](GTlsCertificate* certificate,
                                                             GTlsCertificateFlags) -> gboolean {
        return authorities && vouches(authorities.get(), soup_message_get_uri(raw), certificate);
      });
  soup_message_add_flags(message.get(), SOUP_MESSAGE_NO_REDIRECT);
  if (!access_token.empty())
    soup_message_headers_replace(soup_message_get_request_headers(message.get()), "Authorization",
                                 ("Bearer " + access_token).c_str());
  if (request.body.exists()) {
    const std::string text = request.body.text();
    const auto bytes = Ref<GBytes>::adopt(g_bytes_new(text.data(), text.size()));
    soup_message_set_request_body_from_bytes(message.get(), "application/json", bytes.get());
  }
  return message;
}

rtc::Result<std::unique_ptr<Http>> Http::create(rtc::Loop& loop, const std::string& base_url,
                                                const std::string& ca_file) {
  auto uri = read_base_url(base_url);
  if (!uri.ok()) return uri.error();
  std::string base = base_url;
  while (base.ends_with('/')) base.pop_back();
  Ref<GTlsDatabase> authorities;
  if (!ca_file.empty()) {
    GError* raw = nullptr;
    authorities =
        Ref<GTlsDatabase>::adopt(G_TLS_DATABASE(g_tls_file_database_new(ca_file.c_str(), &raw)));
    const Unique<GError> error(raw);
    if (!authorities)
      return settings_error("The file of certificate authorities \"" + printable(ca_file) +
                                "\" cannot be read: it must be a PEM file.",
                            error ? error->message : "");
  }
  return std::make_unique<Http>(
      std::make_unique<Impl>(loop, std::move(base), std::move(authorities)));
}

Http::Http(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Http::~Http() {
  soup_session_abort(impl_->session.get());
}

void Http::set_identity(std::string who, std::string access_token) {
  impl_->who = std::move(who);
  impl_->access_token = std::move(access_token);
}

const std::string& Http::who() const {
  return impl_->who;
}

Http::Pending Http::send(const HttpRequest& request, Done done) {
  auto message = impl_->make_message(request);
  const std::string label = impl_->who + ": " + request.method + " " + request.path;
  LOG_DEBUG(Client, "%s", label.c_str());
  Exchange::attach(std::make_unique<Exchange>(message.get(), impl_->base, label, request.size_limit,
                                              std::move(done)),
                   message.get());
  Exchange::of(message.get())->start(impl_->session.get(), impl_->loop, request.time_limit);
  return Pending(G_OBJECT(message.release()));
}

void Http::Pending::Abandon::operator()(GObject* message) const {
  const auto owner = Ref<GObject>::adopt(message);
  Exchange::of(message)->abandon();
}

std::string url_part(std::string_view text) {
  const Unique<char> escaped(g_uri_escape_string(std::string(text).c_str(), nullptr, FALSE));
  return escaped.get();
}

}  // namespace matrix
