/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/branch.h"
#include "tests/gst/recording_feed.h"

#include <array>
#include <cstring>
#include <ostream>
#include <thread>

#include <gst/check/gstcheck.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

namespace {

using glib::Ref;
using media::Backlog;
using media::Branch;
using media::Outlet;
using test::eventually;
using test::RecordingFeed;
using Form = media::FeedInput::Form;

constexpr const char* opus =
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000";
constexpr const char* vp8 =
    "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000";
constexpr std::array<guint8, 3> silence{0xf8, 0xff, 0xfe};
/* A VP8 payload descriptor and the first bytes of a key frame of 16x16, of another frame. */
constexpr std::array<guint8, 11> key_frame{0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 16, 0, 16, 0};
constexpr std::array<guint8, 12> delta_frame{0x10, 0x11};

/* A branch behind a pad such as webrtcbin's. */
class Track {
 public:
  explicit Track(const char* caps);
  ~Track();
  Track(const Track&) = delete;
  Track& operator=(const Track&) = delete;

  GstFlowReturn push(const void* payload, gsize size);
  template <size_t n>
  GstFlowReturn push(const std::array<guint8, n>& payload) {
    return push(payload.data(), n);
  }
  void start_pushing(unsigned count);
  /* Requests for key frames that reached the pad. */
  unsigned asked() const { return asked_; }

  std::shared_ptr<Branch> branch;
  std::shared_ptr<Backlog> backlog = std::make_shared<Backlog>();
  std::atomic<unsigned> troubles = 0;
  std::atomic<unsigned> idles = 0;
  std::atomic<unsigned> pushed = 0;

 private:
  Ref<GstElement> pipeline_;
  Ref<GstPad> pad_;
  std::thread thread_;
  std::atomic<unsigned> asked_ = 0;
  guint16 sequence_ = 0;
};

Track::Track(const char* caps)
    : pipeline_(Ref<GstElement>::sink(gst_pipeline_new(nullptr))),
      pad_(Ref<GstPad>::sink(gst_pad_new("src", GST_PAD_SRC))) {
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  gst_pad_set_element_private(pad_.get(), this);
  gst_pad_set_event_function(
      pad_.get(), +[](GstPad* pad, GstObject*, GstEvent* event) -> gboolean {
        const auto owned = Ref<GstEvent>::adopt(event);
        if (gst_video_event_is_force_key_unit(event))
          static_cast<Track*>(gst_pad_get_element_private(pad))->asked_++;
        return TRUE;
      });
  gst_pad_set_active(pad_.get(), TRUE);
  branch = Branch::create(pad_.get(), {.pipeline = GST_BIN(pipeline_.get()),
                                       .backlog = backlog,
                                       .on_trouble = [this](const std::string&) { troubles++; },
                                       .on_idle = [this] { idles++; }});
  const auto parsed = Ref<GstCaps>::adopt(gst_caps_from_string(caps));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_push_event(pad_.get(), gst_event_new_stream_start("track"));
  gst_pad_push_event(pad_.get(), gst_event_new_caps(parsed.get()));
  gst_pad_push_event(pad_.get(), gst_event_new_segment(&segment));
}

Track::~Track() {
  if (thread_.joinable()) thread_.join();
  gst_pad_set_active(pad_.get(), FALSE);
  branch.reset();
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

GstFlowReturn Track::push(const void* payload, gsize size) {
  GstBuffer* buffer = gst_rtp_buffer_new_allocate(static_cast<guint>(size), 0, 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map(buffer, GST_MAP_WRITE, &rtp);
  gst_rtp_buffer_set_seq(&rtp, sequence_);
  gst_rtp_buffer_set_timestamp(&rtp, sequence_ * 960U);
  gst_rtp_buffer_set_marker(&rtp, TRUE);
  std::memcpy(gst_rtp_buffer_get_payload(&rtp), payload, size);
  gst_rtp_buffer_unmap(&rtp);
  GST_BUFFER_PTS(buffer) = GstClockTime{sequence_} * 20 * GST_MSECOND;
  sequence_++;
  const GstFlowReturn flow = gst_pad_push(pad_.get(), buffer);
  pushed++;
  return flow;
}

void Track::start_pushing(unsigned count) {
  thread_ = std::thread([this, count] {
    for (unsigned i = 0; i < count; ++i) push(silence);
  });
}

struct Receiver {
  std::shared_ptr<RecordingFeed> feed;
  std::shared_ptr<Outlet> outlet;

  explicit Receiver(Form form = Form::Encoded, const char* choice = "")
      : feed(std::make_shared<RecordingFeed>(form, choice)),
        outlet(std::make_shared<Outlet>(feed)) {}
};

Ref<GstEvent> key_frame_request() {
  return Ref<GstEvent>::adopt(
      gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
}

}  // namespace

GST_START_TEST(holds_what_comes_until_it_is_opened_and_loses_nothing) {
  Track track(opus);
  const Receiver receiver;
  track.start_pushing(3);
  fail_unless(track.branch->is_held());
  fail_unless(track.pushed == 0);
  track.branch->open(receiver.outlet);
  fail_unless(eventually([&] { return receiver.feed->count() == 3; }));
  fail_unless(receiver.feed->caps().starts_with("audio/x-opus"));
  fail_unless(receiver.feed->buffers().front().running_time == 0);
  fail_unless(receiver.feed->buffers().back().running_time == 40 * GST_MSECOND);
}
GST_END_TEST

GST_START_TEST(lets_a_thread_that_it_holds_go_when_it_closes) {
  Track track(opus);
  track.start_pushing(1);
  track.branch->close();
  fail_unless(eventually([&] { return track.pushed == 1; }));
  fail_unless(track.branch->idle());
}
GST_END_TEST

GST_START_TEST(drops_what_comes_while_it_is_shut) {
  Track track(opus);
  const Receiver receiver;
  track.branch->shut();
  fail_unless(track.push(silence) == GST_FLOW_OK);
  track.branch->open(receiver.outlet);
  fail_unless(track.push(silence) == GST_FLOW_OK);
  fail_unless(receiver.feed->count() == 1);
  track.branch->shut();
  fail_unless(track.push(silence) == GST_FLOW_OK);
  fail_unless(receiver.feed->count() == 1);
}
GST_END_TEST

GST_START_TEST(drops_what_comes_once_it_is_closed) {
  Track track(opus);
  const Receiver receiver;
  track.branch->open(receiver.outlet);
  track.push(silence);
  track.branch->close();
  track.branch->open(receiver.outlet);
  fail_unless(track.push(silence) == GST_FLOW_OK);
  fail_unless(receiver.feed->count() == 1);
}
GST_END_TEST

GST_START_TEST(asks_for_a_key_frame_when_a_video_lost_packets_before_it_opened) {
  Track track(vp8);
  const Receiver receiver;
  track.branch->shut();
  track.push(key_frame);
  track.branch->open(receiver.outlet);
  fail_unless(track.asked() == 0);
  track.push(delta_frame);
  fail_unless(track.asked() == 1);
  fail_unless(receiver.feed->count() == 0);
  track.push(key_frame);
  fail_unless(receiver.feed->count() == 1);
}
GST_END_TEST

GST_START_TEST(asks_for_no_key_frame_when_the_first_one_was_held) {
  Track track(vp8);
  const Receiver receiver;
  track.branch->open(receiver.outlet);
  track.push(key_frame);
  track.push(delta_frame);
  fail_unless(receiver.feed->count() == 2);
  fail_unless(track.asked() == 0);
}
GST_END_TEST

GST_START_TEST(passes_on_one_request_for_a_key_frame_at_a_time_and_nothing_else) {
  Track video(vp8);
  video.branch->send_upstream(key_frame_request());
  video.branch->send_upstream(key_frame_request());
  video.branch->send_upstream(Ref<GstEvent>::adopt(gst_event_new_reconfigure()));
  fail_unless(video.asked() == 1);
  Track audio(opus);
  audio.branch->send_upstream(key_frame_request());
  fail_unless(audio.asked() == 0);
}
GST_END_TEST

GST_START_TEST(makes_nothing_for_a_feed_that_wants_nothing) {
  Track track(vp8);
  const Receiver receiver;
  receiver.feed->set_wanted(false);
  track.branch->open(receiver.outlet);
  track.push(key_frame);
  fail_unless(receiver.feed->caps_count() == 0);
  receiver.feed->set_wanted(true);
  track.push(delta_frame);
  fail_unless(track.asked() == 1);
  track.push(key_frame);
  fail_unless(receiver.feed->count() == 1);
}
GST_END_TEST

GST_START_TEST(changes_its_form_when_the_feed_does) {
  Track track(opus);
  const Receiver receiver;
  track.branch->open(receiver.outlet);
  track.push(silence);
  receiver.feed->set_form(Form::Raw);
  track.push(silence);
  fail_unless(receiver.feed->caps().starts_with("audio/x-opus"));
  track.branch->reconsider();
  track.push(silence);
  fail_unless(receiver.feed->caps().starts_with("audio/x-raw"));
  fail_unless(receiver.feed->caps_count() == 2);
  track.branch->reconsider();
  track.push(silence);
  fail_unless(receiver.feed->caps_count() == 2);
}
GST_END_TEST

GST_START_TEST(goes_over_to_another_feed) {
  Track track(opus);
  const Receiver first;
  const Receiver second(Form::Raw);
  track.branch->open(first.outlet);
  track.push(silence);
  track.branch->open(second.outlet);
  track.push(silence);
  fail_unless(first.feed->count() == 1);
  fail_unless(second.feed->count() == 1);
  fail_unless(second.feed->caps().starts_with("audio/x-raw"));
}
GST_END_TEST

GST_START_TEST(tells_the_feed_its_caps_again_after_another_branch_spoke) {
  Track one(opus);
  Track other(opus);
  const Receiver receiver;
  one.branch->open(receiver.outlet);
  other.branch->open(receiver.outlet);
  one.push(silence);
  other.push(silence);
  fail_unless(receiver.feed->caps_count() == 2);
  one.push(silence);
  one.push(silence);
  fail_unless(receiver.feed->caps_count() == 3);
  fail_unless(receiver.feed->count() == 4);
}
GST_END_TEST

GST_START_TEST(is_idle_only_when_the_feed_has_let_the_thread_go) {
  Track track(opus);
  const Receiver receiver;
  receiver.feed->block();
  track.branch->open(receiver.outlet);
  track.start_pushing(2);
  fail_unless(eventually([&] { return receiver.feed->holds(); }));
  track.branch->shut();
  track.branch->close();
  fail_if(track.branch->idle());
  fail_unless(track.idles == 0);
  receiver.feed->release();
  fail_unless(eventually([&] { return track.pushed == 2; }));
  fail_unless(track.idles == 1);
  fail_unless(track.branch->idle());
  fail_unless(receiver.feed->count() == 1);
}
GST_END_TEST

GST_START_TEST(survives_what_its_decoder_cannot_bear) {
  Track track(vp8);
  const Receiver receiver(Form::Raw);
  track.branch->open(receiver.outlet);
  for (unsigned i = 0; i < 50; ++i) fail_unless(track.push(key_frame) == GST_FLOW_OK);
  fail_unless(receiver.feed->count() == 0);
  fail_unless(track.troubles == 0);
}
GST_END_TEST

GST_START_TEST(says_once_that_nothing_takes_a_codec) {
  Track track("application/x-rtp,media=video,encoding-name=X-STRANGE,payload=96,clock-rate=90000");
  const Receiver receiver;
  track.branch->open(receiver.outlet);
  fail_unless(track.push(key_frame) == GST_FLOW_OK);
  fail_unless(track.push(key_frame) == GST_FLOW_OK);
  fail_unless(track.troubles == 1);
  fail_unless(receiver.feed->count() == 0);
}
GST_END_TEST

GST_START_TEST(tells_its_backlog_how_long_the_feed_holds_it) {
  Track track(opus);
  const Receiver receiver;
  receiver.feed->block();
  track.branch->open(receiver.outlet);
  track.start_pushing(1);
  fail_unless(eventually([&] { return receiver.feed->holds(); }));
  const gint64 later = g_get_monotonic_time() + Backlog::max_time;
  fail_if(track.backlog->admits(later));
  receiver.feed->release();
  fail_unless(eventually([&] { return track.pushed == 1; }));
  fail_unless(track.backlog->admits(later));
}
GST_END_TEST

static Suite* branch_suite() {
  Suite* suite = suite_create("branch");
  TCase* tests = tcase_create("branch");
  suite_add_tcase(suite, tests);
  tcase_add_test(tests, holds_what_comes_until_it_is_opened_and_loses_nothing);
  tcase_add_test(tests, lets_a_thread_that_it_holds_go_when_it_closes);
  tcase_add_test(tests, drops_what_comes_while_it_is_shut);
  tcase_add_test(tests, drops_what_comes_once_it_is_closed);
  tcase_add_test(tests, asks_for_a_key_frame_when_a_video_lost_packets_before_it_opened);
  tcase_add_test(tests, asks_for_no_key_frame_when_the_first_one_was_held);
  tcase_add_test(tests, passes_on_one_request_for_a_key_frame_at_a_time_and_nothing_else);
  tcase_add_test(tests, makes_nothing_for_a_feed_that_wants_nothing);
  tcase_add_test(tests, changes_its_form_when_the_feed_does);
  tcase_add_test(tests, goes_over_to_another_feed);
  tcase_add_test(tests, tells_the_feed_its_caps_again_after_another_branch_spoke);
  tcase_add_test(tests, is_idle_only_when_the_feed_has_let_the_thread_go);
  tcase_add_test(tests, survives_what_its_decoder_cannot_bear);
  tcase_add_test(tests, says_once_that_nothing_takes_a_codec);
  tcase_add_test(tests, tells_its_backlog_how_long_the_feed_holds_it);
  return suite;
}

GST_CHECK_MAIN(branch)
