/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/sender.h"

#include <gst/check/gstcheck.h>
#include <gst/rtp/rtp.h>

#include <memory>
#include <string>
#include <vector>

namespace {

using glib::Ref;
using media::Codec;
using media::Sender;

constexpr unsigned payload_type = 101;
constexpr GstClockTime frame_time = GST_SECOND / 30;

/* A sink pad as webrtcbin's: writes down what comes. */
class Receiver {
 public:
  struct Packet {
    guint ssrc;
    guint16 number;
    guint payload_type;
    bool starts_key_frame;
    bool starts;
  };

  explicit Receiver(GstFlowReturn answer = GST_FLOW_OK)
      : answer_(answer), pad_(Ref<GstPad>::sink(gst_pad_new("sink", GST_PAD_SINK))) {
    gst_pad_set_element_private(pad_.get(), this);
    gst_pad_set_chain_function(pad_.get(), take);
    gst_pad_set_active(pad_.get(), TRUE);
  }

  const Ref<GstPad>& pad() const { return pad_; }
  const std::vector<Packet>& packets() const { return packets_; }
  unsigned frames() const {
    unsigned count = 0;
    for (const auto& packet : packets_) count += packet.starts;
    return count;
  }
  unsigned key_frames() const {
    unsigned count = 0;
    for (const auto& packet : packets_) count += packet.starts_key_frame;
    return count;
  }

 private:
  static GstFlowReturn take(GstPad* pad, GstObject*, GstBuffer* raw) {
    auto& self = *static_cast<Receiver*>(gst_pad_get_element_private(pad));
    const auto buffer = Ref<GstBuffer>::adopt(raw);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    fail_unless(gst_rtp_buffer_map(raw, GST_MAP_READ, &rtp));
    /* RFC 7741 §4.2: S and partition 0 start a frame; with a picture id of 15 bits there are
     * four bytes of description. */
    const auto* data = static_cast<const guint8*>(gst_rtp_buffer_get_payload(&rtp));
    const bool starts = (data[0] & 0x1f) == 0x10;
    self.packets_.push_back({gst_rtp_buffer_get_ssrc(&rtp), gst_rtp_buffer_get_seq(&rtp),
                             gst_rtp_buffer_get_payload_type(&rtp), starts && !(data[4] & 1),
                             starts});
    gst_rtp_buffer_unmap(&rtp);
    return self.answer_;
  }

  GstFlowReturn answer_;
  Ref<GstPad> pad_;
  std::vector<Packet> packets_;
};

/* A sender of video with @count receivers, whose outlets are open. */
class Stage {
 public:
  explicit Stage(const std::vector<Receiver*>& receivers) {
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    sender_ =
        Sender::create({.kind = rtc::MediaKind::Video,
                        .codecs = {"VP8"},
                        .minimum_bitrate = 100'000,
                        .encoder = {.bitrate = 500'000}},
                       {.pipeline = GST_BIN(pipeline_.get()),
                        .on_encoder = [this](GstElement*) { encoders_++; },
                        .on_trouble = [this](const std::string& t) { troubles_.push_back(t); },
                        .on_key_frame_wanted = [this] { wanted_++; },
                        .on_resumed = [this] { resumed_++; }});
    codec_ = sender_->choose_codec([](const Codec&) { return true; });
    for (Receiver* receiver : receivers) add(*receiver);
  }
  ~Stage() {
    sender_->end();
    gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  }

  std::shared_ptr<media::SendOutlet> add(Receiver& receiver) {
    auto outlet = sender_->add_outlet(++peers_, receiver.pad(), *codec_);
    outlet->set_format(payload_type, 0, nullptr);
    outlet->open();
    outlets_.push_back(outlet);
    return outlet;
  }
  void set_caps(const char* caps = "video/x-raw,format=I420,width=64,height=48,framerate=30/1") {
    const auto parsed = Ref<GstCaps>::adopt(gst_caps_from_string(caps));
    sender_->set_caps(parsed.get());
  }
  void push(unsigned frames) {
    for (unsigned i = 0; i < frames; i++) {
      auto buffer =
          Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 64 * 48 * 3 / 2, nullptr));
      gst_buffer_memset(buffer.get(), 0, static_cast<guint8>(time_ / frame_time), gsize{64} * 48);
      GST_BUFFER_PTS(buffer.get()) = time_;
      time_ += frame_time;
      sender_->push(std::move(buffer));
    }
  }
  /* RFC 6386 §9.1: a key frame of 64x48. */
  void push_encoded() {
    constexpr guint8 header[] = {0x10, 0x02, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0};
    auto buffer = Ref<GstBuffer>::adopt(gst_buffer_new_allocate(nullptr, 200, nullptr));
    gst_buffer_memset(buffer.get(), 0, 0, 200);
    gst_buffer_fill(buffer.get(), 0, header, sizeof(header));
    GST_BUFFER_PTS(buffer.get()) = time_;
    time_ += frame_time;
    sender_->push(std::move(buffer));
  }
  Sender& sender() { return *sender_; }
  unsigned encoders() const { return encoders_; }
  unsigned wanted() const { return wanted_; }
  unsigned resumed() const { return resumed_; }
  const std::vector<std::string>& troubles() const { return troubles_; }

 private:
  Ref<GstElement> pipeline_ = Ref<GstElement>::sink(gst_pipeline_new(nullptr));
  std::shared_ptr<Sender> sender_;
  const Codec* codec_ = nullptr;
  std::vector<std::shared_ptr<media::SendOutlet>> outlets_;
  rtc::PeerId peers_ = 0;
  GstClockTime time_ = 0;
  unsigned encoders_ = 0;
  unsigned wanted_ = 0;
  unsigned resumed_ = 0;
  std::vector<std::string> troubles_;
};

void check_numbered(const Receiver& receiver) {
  const auto& packets = receiver.packets();
  for (size_t i = 1; i < packets.size(); i++) {
    fail_unless_equals_int(packets[i].number, static_cast<guint16>(packets[i - 1].number + 1));
    fail_unless_equals_int(packets[i].ssrc, packets[0].ssrc);
  }
}

}  // namespace

GST_START_TEST(encodes_once_for_all_and_each_gets_every_frame) {
  Receiver early;
  Receiver late;
  Receiver other;
  Stage stage({&early, &late, &other});
  stage.set_caps();
  stage.push(30);
  fail_unless_equals_int(stage.encoders(), 1);
  for (const auto* receiver : {&early, &late, &other}) {
    fail_unless_equals_int(receiver->frames(), 30);
    fail_unless(receiver->packets().front().starts_key_frame);
    fail_unless_equals_int(receiver->packets().front().payload_type, payload_type);
    check_numbered(*receiver);
  }
  fail_if(early.packets()[0].ssrc == late.packets()[0].ssrc);
}
GST_END_TEST

GST_START_TEST(one_that_comes_later_begins_with_a_key_frame_and_costs_the_others_nothing) {
  Receiver early;
  Receiver late;
  Stage stage({&early});
  stage.set_caps();
  stage.push(10);
  stage.add(late);
  const gint64 deadline = g_get_monotonic_time() + gint64{5} * G_USEC_PER_SEC;
  while (late.frames() == 0 && g_get_monotonic_time() < deadline) {
    stage.push(1);
    g_usleep(10'000);
  }
  const unsigned before = early.frames();
  stage.push(10);
  fail_unless_equals_int(early.frames(), before + 10);
  fail_unless_equals_int(early.key_frames(), 2);
  fail_unless_equals_int(late.frames(), 11);
  fail_unless(late.packets().front().starts_key_frame);
  check_numbered(early);
}
GST_END_TEST

GST_START_TEST(one_that_fails_costs_the_others_nothing) {
  Receiver bad(GST_FLOW_ERROR);
  Receiver flushing(GST_FLOW_FLUSHING);
  Receiver good;
  Stage stage({&bad, &flushing, &good});
  stage.set_caps();
  stage.push(20);
  fail_unless_equals_int(good.frames(), 20);
  fail_unless(stage.troubles().empty());
}
GST_END_TEST

GST_START_TEST(nothing_is_encoded_while_nobody_is_there) {
  Stage stage({});
  stage.set_caps();
  stage.push(5);
  fail_unless_equals_int(stage.encoders(), 0);
}
GST_END_TEST

GST_START_TEST(rests_and_comes_back_with_a_key_frame) {
  Receiver receiver;
  Stage stage({&receiver});
  stage.set_caps();
  stage.push(5);
  stage.sender().set_resting(true);
  stage.push(5);
  fail_unless_equals_int(receiver.frames(), 5);
  stage.sender().set_resting(false);
  fail_unless_equals_int(stage.resumed(), 0);
  stage.push(5);
  fail_unless_equals_int(stage.resumed(), 1);
  fail_unless_equals_int(receiver.frames(), 10);
  fail_unless_equals_int(receiver.key_frames(), 2);
  check_numbered(receiver);
}
GST_END_TEST

GST_START_TEST(another_resolution_goes_on_where_the_last_one_was) {
  Receiver receiver;
  Stage stage({&receiver});
  stage.set_caps();
  stage.push(5);
  stage.set_caps("video/x-raw,format=I420,width=48,height=64,framerate=30/1");
  stage.push(5);
  fail_unless_equals_int(receiver.frames(), 10);
  fail_unless_equals_int(stage.encoders(), 1);
  check_numbered(receiver);
}
GST_END_TEST

GST_START_TEST(asks_upstream_for_key_frames_of_what_is_encoded) {
  Receiver receiver;
  Stage stage({&receiver});
  stage.set_caps("video/x-vp8,width=64,height=48,framerate=30/1");
  stage.push_encoded();
  fail_unless_equals_int(stage.encoders(), 0);
  fail_unless_equals_int(stage.wanted(), 1);
  fail_unless_equals_int(receiver.key_frames(), 1);
}
GST_END_TEST

GST_START_TEST(says_when_it_gets_something_else_than_was_announced) {
  Receiver receiver;
  Stage stage({&receiver});
  stage.set_caps("video/x-vp9,width=64,height=48,framerate=30/1");
  stage.push(3);
  fail_unless_equals_int(stage.troubles().size(), 1);
  fail_unless_equals_int(receiver.frames(), 0);
}
GST_END_TEST

static Suite* sender_suite() {
  Suite* suite = suite_create("sender");
  TCase* tests = tcase_create("sender");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, encodes_once_for_all_and_each_gets_every_frame);
  tcase_add_test(tests, one_that_comes_later_begins_with_a_key_frame_and_costs_the_others_nothing);
  tcase_add_test(tests, one_that_fails_costs_the_others_nothing);
  tcase_add_test(tests, nothing_is_encoded_while_nobody_is_there);
  tcase_add_test(tests, rests_and_comes_back_with_a_key_frame);
  tcase_add_test(tests, another_resolution_goes_on_where_the_last_one_was);
  tcase_add_test(tests, asks_upstream_for_key_frames_of_what_is_encoded);
  tcase_add_test(tests, says_when_it_gets_something_else_than_was_announced);
  return suite;
}

GST_CHECK_MAIN(sender)
