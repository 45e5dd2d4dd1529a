/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "gst/codecs.h"
#include "gst/packet_address.h"

namespace media {

/* The way of one track to one peer: from the shared payloader into a sink pad of the peer's
 * webrtcbin. It gives each packet the header that this peer's negotiation wants, and whatever
 * webrtcbin answers stays here. There is no queue, and no thread of its own.
 *
 *   Closed --open--> Opening --key frame--> Open     any --close--> Closed
 *
 * Closed: webrtcbin would block, or the peer has not proved who it is, or takes nothing. A
 * video begins with a key frame, and an outlet that waits for one asks for it.
 *
 * push() is the payloader's thread's, everything else the loop's. */
class SendOutlet {
 public:
  /* @sink: a sink pad of webrtcbin. @on_key_frame_wanted: the peer needs one; any thread. */
  static std::shared_ptr<SendOutlet> create(glib::Ref<GstPad> sink, const Codec& codec,
                                            std::function<void()> on_key_frame_wanted);
  ~SendOutlet();
  SendOutlet(const SendOutlet&) = delete;
  SendOutlet& operator=(const SendOutlet&) = delete;

  std::uint32_t ssrc() const { return ssrc_; }
  const Codec& codec() const { return codec_; }
  GstPad* sink() const { return sink_.get(); }
  /* Tells webrtcbin what comes: before it describes itself, and whenever a description has it
   * otherwise. @format: see sent_caps(). */
  void set_format(unsigned payload, unsigned transport_cc_id, const SdpFormat* format);
  void open();
  void close();
  /* The next that is sent is a key frame. */
  void restart();
  bool is_open() const { return state_ != State::Closed; }

  /* @key_frame, @starts: see SendChain::Exit. */
  void push(GstBufferList* packets, bool key_frame, bool starts);
  std::uint64_t packets_sent() const { return packets_sent_; }

 private:
  enum class State { Closed, Opening, Open };

  SendOutlet(glib::Ref<GstPad> sink, const Codec& codec, std::function<void()> on_key_frame_wanted);
  static gboolean handle_event(GstPad* pad, GstObject* parent, GstEvent* event);
  bool admits(bool key_frame, bool starts);
  PacketAddress address() const;

  const glib::Ref<GstPad> sink_;
  const Codec& codec_;
  const std::uint32_t ssrc_;
  const std::function<void()> on_key_frame_wanted_;
  glib::Ref<GstPad> source_; /* without a parent, linked to sink_ */
  std::atomic<State> state_ = State::Closed;

  mutable std::mutex lock_; /* held shortly; never while calling out */
  PacketAddress address_;

  /* Of the payloader's thread. */
  std::uint16_t sequence_number_;
  std::atomic<std::uint64_t> packets_sent_ = 0;
};

}  // namespace media
