/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/transport.h"

#include <algorithm>
#include <future>
#include <map>
#include <set>
#include <utility>

#include "gst/codecs.h"
#include "gst/connection.h"
#include "gst/media_log.h"

namespace media {

using glib::Ref;
using glib::Unique;
using namespace std::chrono_literals;

namespace {

constexpr auto complain_after = 5s;

/* Nobody reads this bus. What goes wrong in an element shows in what it returns, or in the
 * states of its webrtcbin. */
GstBusSyncReply drop_message(GstBus*, GstMessage* raw_message, gpointer) {
  const auto message = Ref<GstMessage>::adopt(raw_message); /* dropping passes it to us */
  if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) {
    GError* raw = nullptr;
    gst_message_parse_error(message.get(), &raw, nullptr);
    const Unique<GError> error(raw);
    GST_INFO_OBJECT(GST_MESSAGE_SRC(message.get()), "%s", error->message);
  }
  return GST_BUS_DROP;
}

}  // namespace

class Transport::Impl : public std::enable_shared_from_this<Transport::Impl> {
 public:
  Impl(rtc::Loop& loop, Settings settings);
  ~Impl() {
    parked.clear();
    gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::shared_ptr<Connection> open(rtc::PeerId id, const rtc::PeerOptions& options,
                                   rtc::PeerConnection::Observer& observer);
  void close(const std::shared_ptr<Connection>& connection);
  void sweep_later();
  void sweep();
  void close_all(std::function<void()> on_done);

  rtc::Loop& loop;
  Settings settings;
  Ref<GstElement> pipeline;
  Ref<GstClock> clock;
  std::map<rtc::PeerId, std::shared_ptr<Connection>> connections;
  std::set<std::shared_ptr<Connection>> parked; /* closed, but somebody may still be inside */
  std::shared_ptr<Senders> senders = std::make_shared<Senders>();
  bool suspended = false;
  TroubleHandler on_trouble;
  std::function<void()> on_verified;
  std::function<void()> on_all_gone;
};

namespace {

/* What the signalling holds of a connection. */
class Handle final : public rtc::PeerConnection {
 public:
  Handle(std::shared_ptr<Connection> connection, std::function<void()> on_destroyed)
      : connection_(std::move(connection)), on_destroyed_(std::move(on_destroyed)) {}
  ~Handle() override { on_destroyed_(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  void set_local_tracks(const std::vector<rtc::LocalTrack>& tracks) override {
    connection_->set_local_tracks(tracks);
  }
  void create_offer(const rtc::OfferOptions& options) override {
    connection_->create_offer(options);
  }
  void set_remote_description(const rtc::SessionDescription& description) override {
    connection_->set_remote_description(description);
  }
  void add_remote_candidate(const rtc::IceCandidate& candidate) override {
    connection_->add_remote_candidate(candidate);
  }

 private:
  std::shared_ptr<Connection> connection_;
  std::function<void()> on_destroyed_;
};

}  // namespace

Transport::Impl::Impl(rtc::Loop& l, Settings s)
    : loop(l),
      settings(s),
      pipeline(Ref<GstElement>::sink(gst_pipeline_new("matrixcall-transport"))),
      clock(Ref<GstClock>::adopt(gst_system_clock_obtain())) {
  gst_pipeline_use_clock(GST_PIPELINE(pipeline.get()), clock.get());
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  gst_bus_set_sync_handler(bus.get(), drop_message, nullptr, nullptr);
  gst_element_set_start_time(pipeline.get(), GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline.get(), gst_clock_get_time(clock.get()));
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
}

std::shared_ptr<Connection> Transport::Impl::open(rtc::PeerId id, const rtc::PeerOptions& options,
                                                  rtc::PeerConnection::Observer& observer) {
  const std::weak_ptr<Impl> weak = weak_from_this();
  auto connection =
      Connection::create({.loop = &loop,
                          .pipeline = GST_BIN(pipeline.get()),
                          .latency_ms = settings.latency_ms,
                          .dead_after = settings.dead_after,
                          .suspended = suspended,
                          .on_idle =
                              [weak] {
                                if (const auto self = weak.lock()) self->sweep_later();
                              },
                          .on_trouble =
                              [weak, id](const std::string& mid, const std::string& message) {
                                const auto self = weak.lock();
                                if (self && self->on_trouble) self->on_trouble(id, mid, message);
                              },
                          .senders = senders,
                          .on_verified =
                              [weak] {
                                const auto self = weak.lock();
                                if (self && self->on_verified) self->on_verified();
                              }},
                         id, options, observer);
  connections[id] = connection;
  return connection;
}

void Transport::Impl::close(const std::shared_ptr<Connection>& connection) {
  std::erase_if(connections, [&](const auto& entry) { return entry.second == connection; });
  if (!parked.insert(connection).second) return;
  connection->close();
  sweep_later();
}

/* Not at once: the connection may be in one of its own methods. */
void Transport::Impl::sweep_later() {
  loop.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->sweep();
  });
}

void Transport::Impl::sweep() {
  std::erase_if(parked, [](const auto& connection) { return connection->idle(); });
  if (parked.empty() && on_all_gone) std::exchange(on_all_gone, nullptr)();
}

void Transport::Impl::close_all(std::function<void()> on_done) {
  while (!connections.empty()) close(connections.begin()->second);
  on_all_gone = std::move(on_done);
  sweep();
}

Transport::Transport(rtc::Loop& loop, Settings settings)
    : impl_(std::make_shared<Impl>(loop, settings)) {}

Transport::~Transport() {
  auto gone = std::make_shared<std::promise<void>>();
  auto future = gone->get_future();
  impl_->loop.post([impl = impl_, gone] { impl->close_all([gone] { gone->set_value(); }); });
  while (future.wait_for(complain_after) != std::future_status::ready)
    GST_ERROR("a pipeline still holds media of the call; is an element behind our pads blocked?");
  /* The last tasks that hold the implementation end before the pipeline does. */
  impl_->loop.run_sync([] {});
}

std::unique_ptr<rtc::PeerConnection> Transport::create_peer(
    rtc::PeerId id, rtc::PeerOptions options, rtc::PeerConnection::Observer& observer) {
  auto connection = impl_->open(id, options, observer);
  return std::make_unique<Handle>(connection,
                                  [impl = impl_, connection] { impl->close(connection); });
}

void Transport::bind(rtc::PeerId peer, const std::string& mid, std::shared_ptr<FeedInput> feed) {
  const auto found = impl_->connections.find(peer);
  if (found != impl_->connections.end()) found->second->bind(mid, std::move(feed));
}

void Transport::unbind(rtc::PeerId peer, const std::string& mid) {
  const auto found = impl_->connections.find(peer);
  if (found != impl_->connections.end()) found->second->unbind(mid);
}

glib::Ref<GstCaps> Transport::expected_caps(rtc::PeerId peer, const std::string& mid) const {
  const auto found = impl_->connections.find(peer);
  if (found == impl_->connections.end()) return {};
  const Codec* codec = find_codec(found->second->codec_of(mid));
  return codec ? glib::Ref<GstCaps>::adopt(gst_caps_from_string(codec->encoded_caps))
               : glib::Ref<GstCaps>();
}

std::shared_ptr<Sender> Transport::add_sender(rtc::TrackSource source, Sender::Settings settings,
                                              Sender::Owner owner) {
  owner.pipeline = GST_BIN(impl_->pipeline.get());
  auto sender = Sender::create(std::move(settings), std::move(owner));
  (*impl_->senders)[source] = sender;
  return sender;
}

void Transport::set_latency(unsigned latency_ms) {
  impl_->settings.latency_ms = latency_ms;
  for (const auto& [id, connection] : impl_->connections) connection->set_latency(latency_ms);
}

void Transport::set_watchdog_suspended(bool suspended) {
  impl_->suspended = suspended;
  for (const auto& [id, connection] : impl_->connections)
    connection->set_watchdog_suspended(suspended);
}

void Transport::set_trouble_handler(TroubleHandler handler) {
  impl_->on_trouble = std::move(handler);
}

void Transport::set_verified_handler(std::function<void()> handler) {
  impl_->on_verified = std::move(handler);
}

std::size_t Transport::verified_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      impl_->connections, [](const auto& each) { return each.second->is_verified(); }));
}

GstClockTime Transport::base_time() const {
  return gst_element_get_base_time(impl_->pipeline.get());
}

GstClock* Transport::clock() const {
  return impl_->clock.get();
}

void Transport::get_stats(std::function<void(Unique<GstStructure>)> reply) {
  /* Whoever drops it last, be it the reply of a peer that is gone by then, sends it off. */
  struct Collection {
    rtc::Loop& loop;
    std::function<void(Unique<GstStructure>)> reply;
    std::shared_ptr<Unique<GstStructure>> all =
        std::make_shared<Unique<GstStructure>>(gst_structure_new_empty("peers"));
    Collection(rtc::Loop& loop, std::function<void(Unique<GstStructure>)> reply)
        : loop(loop), reply(std::move(reply)) {}
    Collection(const Collection&) = delete;
    Collection& operator=(const Collection&) = delete;
    ~Collection() {
      loop.post([reply = std::move(reply), all = std::move(all)] { reply(std::move(*all)); });
    }
  };
  const auto collection = std::make_shared<Collection>(impl_->loop, std::move(reply));
  for (const auto& [id, connection] : impl_->connections)
    connection->get_stats([collection, id = id](const GstStructure* stats) {
      if (stats)
        gst_structure_set(collection->all->get(), ("peer-" + std::to_string(id)).c_str(),
                          GST_TYPE_STRUCTURE, stats, nullptr);
    });
}

}  // namespace media
