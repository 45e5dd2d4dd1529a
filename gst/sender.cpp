/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sender.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "gst/media_log.h"

namespace media {

using glib::Ref;

namespace {

constexpr gint64 retry_after = G_USEC_PER_SEC;

KeyFrameRequests::Time now() {
  return KeyFrameRequests::Time(g_get_monotonic_time());
}

/* The codec that @caps are of; nullptr if they are raw, or could be. */
const Codec* encoded_codec(GstCaps* caps, rtc::MediaKind kind) {
  if (gst_caps_is_empty(caps) || gst_caps_is_any(caps)) return nullptr;
  for (const Codec* codec : available_codecs(kind)) {
    const auto encoded = Ref<GstCaps>::adopt(gst_caps_from_string(codec->encoded_caps));
    if (gst_caps_is_subset(caps, encoded.get())) return codec;
  }
  return nullptr;
}

}  // namespace

std::shared_ptr<Sender> Sender::create(Settings settings, Owner owner) {
  return std::shared_ptr<Sender>(new Sender(std::move(settings), std::move(owner)));
}

Sender::Sender(Settings settings, Owner owner)
    : settings_(std::move(settings)),
      owner_(std::move(owner)),
      timestamp_offset_(g_random_int()),
      rate_(settings_.minimum_bitrate, settings_.encoder.bitrate),
      bitrate_(settings_.encoder.bitrate) {}

Sender::~Sender() = default;

void Sender::expect(GstCaps* caps) {
  const Codec* codec = encoded_codec(caps, settings_.kind);
  const std::lock_guard lock(lock_);
  if (!codec_) input_ = codec;
}

const Codec* Sender::choose_codec(const std::function<bool(const Codec&)>& takes) {
  const std::lock_guard lock(lock_);
  if (!codec_) codec_ = input_;
  if (codec_) return takes(*codec_) ? codec_ : nullptr;
  for (const std::string& name : settings_.codecs) {
    const Codec* codec = find_codec(name);
    if (!codec || !has_encoder(*codec) || !takes(*codec)) continue;
    codec_ = codec;
    return codec;
  }
  return nullptr;
}

Ref<GstCaps> Sender::input_caps() const {
  const bool video = settings_.kind == rtc::MediaKind::Video;
  std::string text = video ? "video/x-raw, format=(string)I420; video/x-raw" : "audio/x-raw";
  const std::lock_guard lock(lock_);
  for (const Codec* codec : available_codecs(settings_.kind))
    if (!codec_ || codec == codec_) text.insert(0, "; ").insert(0, codec->encoded_caps);
  return Ref<GstCaps>::adopt(gst_caps_from_string(text.c_str()));
}

std::shared_ptr<SendOutlet> Sender::add_outlet(rtc::PeerId peer, Ref<GstPad> sink,
                                               const Codec& codec) {
  auto outlet = SendOutlet::create(std::move(sink), codec, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->request_key_frame();
  });
  if (!outlet) return nullptr;
  rate_.add(peer);
  update_bitrate();
  const std::lock_guard lock(lock_);
  auto next = std::make_shared<Outlets>(*outlets_);
  next->push_back(outlet);
  outlets_ = std::move(next);
  return outlet;
}

void Sender::remove_outlet(rtc::PeerId peer, const std::shared_ptr<SendOutlet>& outlet) {
  outlet->close();
  rate_.remove(peer);
  update_bitrate();
  const std::lock_guard lock(lock_);
  auto next = std::make_shared<Outlets>(*outlets_);
  std::erase(*next, outlet);
  outlets_ = std::move(next);
}

std::shared_ptr<const Sender::Outlets> Sender::outlets() const {
  const std::lock_guard lock(lock_);
  return outlets_;
}

void Sender::set_bitrate_range(unsigned minimum, unsigned maximum) {
  rate_.set_range(minimum, maximum);
  update_bitrate();
}

void Sender::report(rtc::PeerId peer, const ReceptionReport& report) {
  rate_.report(peer, report);
  update_bitrate();
}

void Sender::update_bitrate() {
  if (settings_.kind == rtc::MediaKind::Video) bitrate_ = rate_.bitrate();
}

/* What a peer saw last is old when the track comes back, and so is what its decoder knows. */
void Sender::set_resting(bool resting) {
  if (resting_.exchange(resting) == resting) return;
  if (resting) {
    for (const auto& outlet : *outlets()) outlet->restart();
    return;
  }
  resuming_ = true;
  const std::lock_guard lock(lock_);
  requests_ = {};
  requests_.ask();
}

void Sender::request_key_frame() {
  const std::lock_guard lock(lock_);
  requests_.ask();
}

void Sender::set_caps(GstCaps* caps) {
  caps_ = Ref<GstCaps>::share(caps);
  const Codec* codec = encoded_codec(caps, settings_.kind);
  const bool changes = encoded_ != (codec != nullptr);
  encoded_ = codec != nullptr;
  {
    const std::lock_guard lock(lock_);
    input_ = codec;
  }
  failed_at_.reset();
  if (changes || (chain_ && codec && chain_->plan().codec != codec))
    chain_.reset();
  else if (chain_)
    chain_->set_caps(caps);
}

void Sender::push(Ref<GstBuffer> buffer) {
  if (resting_ || !caps_) return;
  const auto all = outlets();
  if (std::ranges::none_of(*all, [](const auto& outlet) { return outlet->is_open(); }))
    return resumed();
  if (!prepare()) return;
  if (const unsigned bitrate = bitrate_; std::exchange(applied_bitrate_, bitrate) != bitrate)
    chain_->set_bitrate(bitrate);
  if (is_key_frame_due()) encoded_ ? owner_.on_key_frame_wanted() : chain_->force_key_frame();
  const GstFlowReturn flow = chain_->push(std::move(buffer));
  if (flow < GST_FLOW_OK && flow != GST_FLOW_FLUSHING)
    fail(std::string("What is sent cannot be encoded: ") + gst_flow_get_name(flow));
}

bool Sender::prepare() {
  if (chain_) return true;
  if (failed_at_ && g_get_monotonic_time() - *failed_at_ < retry_after) return false;
  const Codec* codec = nullptr;
  const Codec* input = nullptr;
  {
    const std::lock_guard lock(lock_);
    codec = codec_;
    input = input_;
  }
  if (!codec) return false;
  if (encoded_ && input != codec) {
    fail(std::string("What is sent was announced as ") + codec->encoding_name + " and is " +
         input->encoding_name + ": it is not sent.");
    return false;
  }
  return build(*codec);
}

bool Sender::build(const Codec& codec) {
  SendChain::Plan plan{.codec = &codec,
                       .encode = !encoded_,
                       .encoder = settings_.encoder,
                       .timestamp_offset = timestamp_offset_,
                       .on_encoder = owner_.on_encoder};
  plan.encoder.bitrate = applied_bitrate_ = bitrate_;
  auto chain = SendChain::create(owner_.pipeline, std::move(plan), *this);
  if (!chain) {
    fail(chain.error().message);
    return false;
  }
  chain_ = std::move(*chain);
  chain_->set_caps(caps_.get());
  return true;
}

bool Sender::is_key_frame_due() {
  if (settings_.kind != rtc::MediaKind::Video) return false;
  const std::lock_guard lock(lock_);
  return requests_.take(now());
}

void Sender::fail(const std::string& message) {
  chain_.reset();
  failed_at_ = g_get_monotonic_time();
  if (std::exchange(reported_, message) != message) owner_.on_trouble(message);
}

void Sender::end() {
  chain_.reset();
  caps_ = {};
}

void Sender::resumed() {
  if (resuming_.exchange(false)) owner_.on_resumed();
}

void Sender::on_packets(Ref<GstBufferList> packets, bool key_frame, bool starts) {
  const bool video = settings_.kind == rtc::MediaKind::Video;
  if (video && key_frame && starts) {
    const std::lock_guard lock(lock_);
    requests_.note(now());
  }
  if (resting_) return;
  for (const auto& outlet : *outlets()) outlet->push(packets.get(), key_frame, starts);
  if (!video || key_frame) resumed();
}

}  // namespace media
