/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <memory>

#include "gst/codecs.h"
#include "gst/element_row.h"
#include "gst/encoder.h"
#include "signalling/base/result.h"

namespace media {

/* The elements that make RTP packets of what one send pad gets, once for all peers: converter
 * and encoder if it is raw, parser, payloader. They live in the connections' pipeline and run in
 * the thread that pushes, but for the threads that an encoder may have.
 *
 * Made, used and destroyed by the streaming thread of the send pad, or when there is none. */
class SendChain {
 public:
  /* What it ends in. */
  class Exit {
   public:
    virtual ~Exit() = default;
    /* Packets of one frame or a part of it. @starts: it is the frame's first. The thread of the
     * encoder. */
    virtual void on_packets(glib::Ref<GstBufferList> packets, bool key_frame, bool starts) = 0;
  };

  struct Plan {
    const Codec* codec = nullptr;
    bool encode = false;
    EncoderSettings encoder{};
    /* Of the RTP clock, the same each time that a chain is made for a track. */
    unsigned timestamp_offset = 0;
    /* Sees each encoder before it starts; may set it up. */
    std::function<void(GstElement*)> on_encoder;
  };

  /* Adds its elements to @pipeline. @exit is borrowed. Errors: an element is missing. */
  static rtc::Result<std::unique_ptr<SendChain>> create(GstBin* pipeline, Plan plan, Exit& exit);
  SendChain(const SendChain&) = delete;
  SendChain& operator=(const SendChain&) = delete;

  const Plan& plan() const { return plan_; }
  /* Of what is pushed from now on. */
  void set_caps(GstCaps* caps);
  /* With times as running times of the connections' pipeline. */
  GstFlowReturn push(glib::Ref<GstBuffer> buffer);
  /* The next frame is to be a key frame. No effect if nothing is encoded. */
  void force_key_frame();
  void set_bitrate(unsigned bitrate);

 private:
  SendChain(GstBin* pipeline, Plan plan, Exit& exit);
  bool add(const char* factory);
  bool add_filter(const char* caps);
  bool add_encoder();
  bool add_parser();
  bool add_payloader();
  bool link();
  void watch_frames();
  void deliver(glib::Ref<GstBufferList> packets);
  static GstFlowReturn exit_chain(GstPad* pad, GstObject* parent, GstBuffer* buffer);
  static GstFlowReturn exit_chain_list(GstPad* pad, GstObject* parent, GstBufferList* list);

  Plan plan_;
  Exit& owner_;
  glib::Ref<GstElement> encoder_;

  /* Of the thread that the payloader runs in. */
  bool key_frame_ = false;
  bool starts_ = false;

  ElementRow row_; /* gone before what its threads use */
};

}  // namespace media
