/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "call_double.h"
#include "gst/mix_layout.h"
#include "tests/long_run.h"

#include <gst/video/video.h>

#include <condition_variable>
#include <functional>
#include <mutex>

/* Has a macro "fail", which streams of the standard library would stumble over. */
#include <gst/check/gstcheck.h>

namespace {

using glib::Ref;
using media::FeedKind;

constexpr std::uint32_t red = 0xC00000;
constexpr std::uint32_t green = 0x00C000;
constexpr std::uint32_t blue = 0x0000C0;

/* A picture of the mix, 320x180. */
struct Picture {
  std::vector<std::uint8_t> bytes;
  GstVideoInfo info{};

  /* The colour at (x, y), roughly. */
  bool is(int x, int y, std::uint32_t rgb) const {
    const auto value = [&](unsigned plane) {
      const int shift = plane == 0 ? 0 : 1;
      const auto at = GST_VIDEO_INFO_PLANE_OFFSET(&info, plane) +
                      static_cast<gsize>((y >> shift) * GST_VIDEO_INFO_PLANE_STRIDE(&info, plane) +
                                         (x >> shift));
      return static_cast<double>(bytes.at(at));
    };
    const double luma = 1.164 * (value(0) - 16);
    const double r = luma + 1.596 * (value(2) - 128);
    const double g = luma - 0.813 * (value(2) - 128) - 0.391 * (value(1) - 128);
    const double b = luma + 2.018 * (value(1) - 128);
    const auto near = [](double got, unsigned wanted) {
      return got > static_cast<double>(wanted) - 40 && got < static_cast<double>(wanted) + 40;
    };
    return near(r, rgb >> 16 & 0xFF) && near(g, rgb >> 8 & 0xFF) && near(b, rgb & 0xFF);
  }
};

/* A mixer behind a double of a call, and what comes out of it. */
class Mix {
 public:
  explicit Mix(const std::string& properties = "", const std::string& between = "") {
    CallDouble::register_element();
    const std::string line =
        "calldouble name=call : " + between + "matrixcallmix name=mix width=320 height=180 " +
        "labels=false " + properties +
        " mix.video ! fakesink name=video sync=false async=false signal-handoffs=true"
        " mix.audio ! fakesink name=audio sync=false async=false signal-handoffs=true";
    GError* error = nullptr;
    pipeline_ = gst_parse_launch(line.c_str(), &error);
    fail_unless(error == nullptr, "%s", error ? error->message : "");
    call_ = std::make_unique<CallDouble>(pipeline_);
    watch("video", [this](GstBuffer* buffer, GstPad* pad) { see(buffer, pad); });
    watch("audio", [this](GstBuffer* buffer, GstPad*) { hear(buffer); });
    fail_unless(gst_element_set_state(pipeline_, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE);
  }
  ~Mix() {
    call_->end_call();
    gst_element_set_state(pipeline_, GST_STATE_NULL);
    call_.reset();
    gst_object_unref(pipeline_);
  }

  CallDouble& call() { return *call_; }
  GstElement* pipeline() { return pipeline_; }
  Ref<GstElement> mixer() {
    return Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_), "mix"));
  }

  /* Waits for a picture like that. */
  void wait(const char* what, const std::function<bool(const Picture&)>& like) {
    std::unique_lock lock(lock_);
    const bool seen = changed_.wait_for(lock, std::chrono::seconds(10),
                                        [&] { return !picture_.bytes.empty() && like(picture_); });
    fail_unless(seen, "never seen: %s", what);
  }
  void wait_for_frames(size_t count) {
    std::unique_lock lock(lock_);
    const size_t wanted = video_times_.size() + count;
    fail_unless(changed_.wait_for(lock, std::chrono::seconds(20),
                                  [&] { return video_times_.size() >= wanted; }));
  }
  /* What was heard in the last quarter of a second. */
  void wait_for_tones(const std::vector<double>& present, const std::vector<double>& absent) {
    std::unique_lock lock(lock_);
    const bool heard = changed_.wait_for(lock, std::chrono::seconds(10), [&] {
      for (const double tone : present)
        if (!has_tone(samples_, tone)) return false;
      for (const double tone : absent)
        if (has_tone(samples_, tone)) return false;
      return samples_.size() >= 24000;
    });
    fail_unless(heard, "the tones are not as expected");
  }
  /* No frame and no sample is missing so far. */
  void check_steady() {
    std::lock_guard lock(lock_);
    fail_unless(!video_times_.empty() && !audio_times_.empty());
    for (size_t i = 0; i < video_times_.size(); i++)
      assert_equals_uint64(video_times_[i], gst_util_uint64_scale(i, GST_SECOND, 30));
    for (size_t i = 0; i < audio_times_.size(); i++)
      assert_equals_uint64(audio_times_[i], i * 20 * GST_MSECOND);
  }
  void wait_for_eos() {
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_));
    const auto message = Ref<GstMessage>::adopt(gst_bus_timed_pop_filtered(
        bus.get(), 3 * GST_SECOND, GstMessageType(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
    fail_unless(message && GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_EOS);
  }

 private:
  void watch(const char* sink, std::function<void(GstBuffer*, GstPad*)> handler) {
    const auto element = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_), sink));
    glib::connect<void, GstBuffer*, GstPad*>(element.get(), "handoff", std::move(handler));
  }
  void see(GstBuffer* buffer, GstPad* pad) {
    const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
    std::lock_guard lock(lock_);
    gst_video_info_from_caps(&picture_.info, caps.get());
    picture_.bytes.resize(gst_buffer_get_size(buffer));
    gst_buffer_extract(buffer, 0, picture_.bytes.data(), picture_.bytes.size());
    video_times_.push_back(GST_BUFFER_PTS(buffer));
    changed_.notify_all();
  }
  void hear(GstBuffer* buffer) {
    std::lock_guard lock(lock_);
    const size_t count = gst_buffer_get_size(buffer) / sizeof(std::int16_t);
    const size_t old = samples_.size();
    samples_.resize(old + count);
    gst_buffer_extract(buffer, 0, samples_.data() + old, count * sizeof(std::int16_t));
    if (samples_.size() > 24000) samples_.erase(samples_.begin(), samples_.end() - 24000);
    audio_times_.push_back(GST_BUFFER_PTS(buffer));
    changed_.notify_all();
  }

  GstElement* pipeline_ = nullptr;
  std::unique_ptr<CallDouble> call_;
  std::mutex lock_;
  std::condition_variable changed_;
  Picture picture_;
  std::vector<GstClockTime> video_times_;
  std::vector<GstClockTime> audio_times_;
  std::vector<std::int16_t> samples_;
};

GST_START_TEST(there_is_a_picture_from_the_first_moment_with_nobody_in_the_call) {
  Mix mix("background=0x0000C0");
  mix.wait("background", [](const Picture& picture) { return picture.is(160, 90, blue); });
  mix.wait_for_frames(15);
  mix.check_steady();
  gst_element_send_event(mix.pipeline(), gst_event_new_eos());
  mix.wait_for_eos();
}
GST_END_TEST;

GST_START_TEST(tiles_follow_who_comes_and_goes) {
  Mix mix;
  const unsigned alice = mix.call().add("alice", FeedKind::Video, red);
  mix.wait("one", [](const Picture& picture) {
    return picture.is(20, 20, red) && picture.is(300, 160, red);
  });
  mix.call().add("bob", FeedKind::Video, green);
  mix.wait("two", [](const Picture& picture) {
    return picture.is(80, 90, red) && picture.is(240, 90, green);
  });
  mix.call().remove(alice);
  mix.wait("the other", [](const Picture& picture) {
    return picture.is(20, 20, green) && picture.is(300, 160, green);
  });
  mix.check_steady();
}
GST_END_TEST;

GST_START_TEST(all_are_heard) {
  Mix mix;
  mix.call().add("alice", FeedKind::Audio, 440);
  mix.call().add("bob", FeedKind::Audio, 1000);
  const unsigned screen = mix.call().add("bob", FeedKind::ScreenAudio, 2500);
  mix.wait_for_tones({440, 1000, 2500}, {700});
  mix.call().remove(screen);
  mix.wait_for_tones({440, 1000}, {2500});
  mix.check_steady();
}
GST_END_TEST;

GST_START_TEST(a_muted_camera_is_a_tile_with_initials_and_comes_back) {
  Mix mix;
  const unsigned alice = mix.call().add("alice", FeedKind::Video, red);
  const auto is_red = [](const Picture& picture) { return picture.is(20, 20, red); };
  mix.wait("her picture", is_red);
  mix.call().mute(alice, true);
  mix.wait("her initials", [&](const Picture& picture) { return !is_red(picture); });
  mix.call().mute(alice, false);
  mix.wait("her picture again", is_red);
}
GST_END_TEST;

GST_START_TEST(without_show_muted_others_take_the_place) {
  Mix mix("show-muted=false");
  const unsigned alice = mix.call().add("alice", FeedKind::Video, red);
  mix.call().add("bob", FeedKind::Video, green);
  mix.wait("both", [](const Picture& picture) {
    return picture.is(80, 90, red) && picture.is(240, 90, green);
  });
  mix.call().mute(alice, true);
  mix.wait("one", [](const Picture& picture) {
    return picture.is(20, 20, green) && picture.is(300, 160, green);
  });
}
GST_END_TEST;

GST_START_TEST(who_speaks_is_large) {
  Mix mix("layout=speaker");
  mix.call().add("alice", FeedKind::Video, red);
  mix.call().add("bob", FeedKind::Video, green);
  mix.wait("her", [](const Picture& picture) { return picture.is(160, 60, red); });
  mix.call().add("bob", FeedKind::Audio, 440);
  mix.wait("him", [](const Picture& picture) { return picture.is(160, 60, green); });
}
GST_END_TEST;

GST_START_TEST(who_was_hidden_is_shown_from_a_key_frame_on) {
  Mix mix("layout=single");
  mix.call().add("alice", FeedKind::Video, red);
  mix.wait("her", [](const Picture& picture) { return picture.is(160, 60, red); });
  const unsigned bob = mix.call().add("bob", FeedKind::Video, green);
  /* To between two of his key frames, of which there is one each 533 ms. */
  mix.wait_for_frames(24);
  g_object_set(mix.mixer().get(), "layout", static_cast<int>(media::MixLayout::Grid), nullptr);
  mix.wait("both", [](const Picture& picture) {
    return picture.is(80, 90, red) && picture.is(240, 90, green);
  });
  fail_unless(mix.call().key_frames_asked(bob) > 0);
}
GST_END_TEST;

GST_START_TEST(a_screen_is_large_in_its_layout) {
  Mix mix("layout=screen");
  mix.call().add("alice", FeedKind::Video, red);
  mix.wait("her", [](const Picture& picture) { return picture.is(160, 60, red); });
  const unsigned screen = mix.call().add("alice", FeedKind::Screen, blue);
  mix.wait("her screen", [](const Picture& picture) {
    return picture.is(128, 90, blue) && picture.is(288, 90, red);
  });
  mix.call().remove(screen, "track-removed");
  mix.wait("her", [](const Picture& picture) { return picture.is(160, 60, red); });
}
GST_END_TEST;

GST_START_TEST(what_is_linked_may_be_changed_while_it_plays) {
  Mix mix;
  mix.call().add("alice", FeedKind::Video, red);
  mix.wait("her", [](const Picture& picture) { return picture.is(20, 20, red); });
  g_object_set(mix.mixer().get(), "width", 160, "height", 320, "background", blue, nullptr);
  mix.wait("a portrait", [](const Picture& picture) {
    return GST_VIDEO_INFO_HEIGHT(&picture.info) == 320 && picture.is(80, 160, red) &&
           picture.is(80, 20, blue);
  });
  mix.check_steady();
}
GST_END_TEST;

GST_START_TEST(a_feed_that_stalls_holds_nobody_up) {
  Mix mix;
  const unsigned alice = mix.call().add("alice", FeedKind::Video, red);
  const unsigned sound = mix.call().add("alice", FeedKind::Audio, 440);
  mix.wait("her", [](const Picture& picture) { return picture.is(20, 20, red); });
  mix.call().stall(alice);
  mix.call().stall(sound);
  mix.wait_for_tones({}, {440});
  mix.wait_for_frames(20);
  mix.check_steady();
}
GST_END_TEST;

GST_START_TEST(no_frame_is_missing_while_many_come_and_go) {
  const unsigned rounds = test::is_long_run() ? 20 : 5;
  Mix mix;
  for (unsigned round = 0; round < rounds; round++) {
    const std::string user = "user" + std::to_string(round);
    const unsigned video = mix.call().add(user, FeedKind::Video, green);
    const unsigned audio = mix.call().add(user, FeedKind::Audio, 440);
    mix.wait("them", [](const Picture& picture) { return picture.is(20, 20, green); });
    mix.call().remove(video);
    mix.call().remove(audio);
  }
  mix.wait("nobody", [](const Picture& picture) { return !picture.is(20, 20, green); });
  mix.check_steady();
  /* Pads of those who left are gone. */
  const auto mixer = mix.mixer();
  for (int i = 0; i < 500 && GST_ELEMENT(mixer.get())->numsinkpads > 0; i++) mix.wait_for_frames(1);
  assert_equals_int(GST_ELEMENT(mixer.get())->numsinkpads, 0);
}
GST_END_TEST;

GST_START_TEST(the_end_of_the_call_ends_both_streams) {
  Mix mix;
  mix.call().add("alice", FeedKind::Video, red);
  mix.wait("her", [](const Picture& picture) { return picture.is(20, 20, red); });
  mix.call().end_call();
  mix.wait_for_eos();
  /* She is there until the last picture. */
  mix.wait("her", [](const Picture& picture) { return picture.is(20, 20, red); });
}
GST_END_TEST;

Suite* matrixcallmix_suite() {
  Suite* suite = suite_create("matrixcallmix");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, there_is_a_picture_from_the_first_moment_with_nobody_in_the_call);
  tcase_add_test(tcase, tiles_follow_who_comes_and_goes);
  tcase_add_test(tcase, all_are_heard);
  tcase_add_test(tcase, a_muted_camera_is_a_tile_with_initials_and_comes_back);
  tcase_add_test(tcase, without_show_muted_others_take_the_place);
  tcase_add_test(tcase, who_speaks_is_large);
  tcase_add_test(tcase, who_was_hidden_is_shown_from_a_key_frame_on);
  tcase_add_test(tcase, a_screen_is_large_in_its_layout);
  tcase_add_test(tcase, what_is_linked_may_be_changed_while_it_plays);
  tcase_add_test(tcase, a_feed_that_stalls_holds_nobody_up);
  tcase_add_test(tcase, no_frame_is_missing_while_many_come_and_go);
  tcase_add_test(tcase, the_end_of_the_call_ends_both_streams);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(matrixcallmix);
