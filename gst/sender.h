/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gst/key_frame_requests.h"
#include "gst/rate_control.h"
#include "gst/send_chain.h"
#include "gst/send_outlet.h"

namespace media {

/* One track of ours: what comes in is encoded and packed once, and goes to every peer that has
 * an open outlet. While nobody has one, or the track rests, the encoder rests as well. Nothing
 * that happens here reaches whoever pushes.
 *
 * A request for a key frame waits for the next frame that comes in, so all of the work is done
 * by the thread that pushes. */
class Sender final : public std::enable_shared_from_this<Sender>, private SendChain::Exit {
 public:
  struct Settings {
    rtc::MediaKind kind = rtc::MediaKind::Video;
    /* What raw media is encoded as: the first that is installed and that the first peer takes. */
    std::vector<std::string> codecs;
    unsigned minimum_bitrate = 0; /* bit/s; a video's follows what peers report */
    EncoderSettings encoder{};    /* its bitrate is the highest */
  };
  struct Owner {
    GstBin* pipeline = nullptr; /* of the connections */
    std::function<void(GstElement*)> on_encoder;
    /* Nothing can be sent. The thread that pushes, or the loop. */
    std::function<void(const std::string&)> on_trouble;
    /* What comes in is encoded already and a peer needs a key frame. The thread that pushes. */
    std::function<void()> on_key_frame_wanted;
    /* After set_resting(false): media is on its way again, a video's beginning with a key
     * frame. The thread of the encoder. */
    std::function<void()> on_resumed;
  };

  static std::shared_ptr<Sender> create(Settings settings, Owner owner);
  ~Sender() override;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  /* --- Loop --- */

  rtc::MediaKind kind() const { return settings_.kind; }
  /* What the input will be, before it says so itself: raw or encoded. No effect afterwards. */
  void expect(GstCaps* caps);
  /* The codec of this track, for good once it was asked for: that of encoded input, else the
   * first one installed that @takes accepts. nullptr: there is none, or not for this peer. */
  const Codec* choose_codec(const std::function<bool(const Codec&)>& takes);
  /* An outlet of @peer, whose webrtcbin has @sink. */
  std::shared_ptr<SendOutlet> add_outlet(rtc::PeerId peer, glib::Ref<GstPad> sink,
                                         const Codec& codec);
  void remove_outlet(rtc::PeerId peer, const std::shared_ptr<SendOutlet>& outlet);
  void set_bitrate_range(unsigned minimum, unsigned maximum);
  void report(rtc::PeerId peer, const ReceptionReport& report);
  /* What may come in: raw media, and encoded as the track was announced, if it was. Any thread. */
  glib::Ref<GstCaps> input_caps() const;
  /* While it rests nothing is sent or encoded. */
  void set_resting(bool resting);

  /* --- The thread that pushes --- */

  void set_caps(GstCaps* caps);
  /* With times as running times of the connections' pipeline. */
  void push(glib::Ref<GstBuffer> buffer);
  /* No more comes, or not for long: encoders and what they hold go. */
  void end();

  /* Any thread. */
  void request_key_frame();
  unsigned bitrate() const { return bitrate_; }

 private:
  using Outlets = std::vector<std::shared_ptr<SendOutlet>>;

  Sender(Settings settings, Owner owner);
  std::shared_ptr<const Outlets> outlets() const;
  void update_bitrate();
  bool prepare();
  bool build(const Codec& codec);
  bool is_key_frame_due();
  void fail(const std::string& message);
  void resumed();
  void on_packets(glib::Ref<GstBufferList> packets, bool key_frame, bool starts) override;

  const Settings settings_;
  const Owner owner_;
  const unsigned timestamp_offset_;
  RateControl rate_; /* loop */
  std::atomic<unsigned> bitrate_;
  std::atomic<bool> resting_ = false;
  std::atomic<bool> resuming_ = false;

  mutable std::mutex lock_; /* held shortly; never while calling out */
  std::shared_ptr<const Outlets> outlets_ = std::make_shared<const Outlets>();
  KeyFrameRequests requests_;
  const Codec* codec_ = nullptr; /* lock_; decided */
  const Codec* input_ = nullptr; /* lock_; of what comes in, if it is encoded */

  /* Of the thread that pushes. */
  glib::Ref<GstCaps> caps_;
  bool encoded_ = false; /* caps_ are */
  std::unique_ptr<SendChain> chain_;
  unsigned applied_bitrate_ = 0;
  std::optional<gint64> failed_at_; /* monotonic, us */
  std::string reported_;
};

}  // namespace media
