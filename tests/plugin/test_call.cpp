/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <glib/gstdio.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "gst/gst_ptr.h"
#include "tests/plugin/call_fixture.h"
#include "tests/plugin/sending_party.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

using party::CallPipeline;
using party::eventually;
using party::SendingParty;
using party::Server;
using party::wait_for_state;

namespace {

constexpr const char* raw_consumers =
    "c.video_0 ! videoconvert ! video/x-raw,format=RGB ! "
    "fakesink name=picture signal-handoffs=true "
    "c.audio_0 ! audioconvert ! audio/x-raw,format=S16LE,channels=1 ! "
    "fakesink name=tone signal-handoffs=true ";

constexpr std::size_t frame_size = std::size_t{160} * 120 * 3;

bool wait_for_pad(CallPipeline& pipeline, const char* event, const char* pad) {
  return bool(
      pipeline.wait_for(GST_MESSAGE_ELEMENT, 15 * GST_SECOND, [&](const GstStructure* structure) {
        return gst_structure_has_name(structure, "matrixcall-feed") &&
               g_str_equal(gst_structure_get_string(structure, "event"), event) &&
               g_str_equal(gst_structure_get_string(structure, "pad"), pad);
      }));
}

/* What came out of the sinks "picture" and "tone". */
class Content {
 public:
  explicit Content(const CallPipeline& pipeline)
      : picture_(pipeline.element("picture")), tone_(pipeline.element("tone")) {
    picture_handler_ = glib::connect<void, GstBuffer*, GstPad*>(
        picture_.get(), "handoff", [this](GstBuffer* buffer, GstPad*) { see(buffer); });
    tone_handler_ = glib::connect<void, GstBuffer*, GstPad*>(
        tone_.get(), "handoff", [this](GstBuffer* buffer, GstPad*) { hear(buffer); });
  }
  ~Content() {
    g_signal_handler_disconnect(picture_.get(), picture_handler_);
    g_signal_handler_disconnect(tone_.get(), tone_handler_);
  }
  Content(const Content&) = delete;
  Content& operator=(const Content&) = delete;

  /* A second of the tone and some frames, each plain red. */
  bool is_as_sent() {
    std::lock_guard lock(lock_);
    return frames_ >= 15 && red_frames_ == frames_ && samples_ >= 48000 && frequency() > 430 &&
           frequency() < 450;
  }
  std::string text() {
    std::lock_guard lock(lock_);
    return std::to_string(red_frames_) + " of " + std::to_string(frames_) + " frames are red, " +
           std::to_string(samples_) + " samples of " + std::to_string(frequency()) + " Hz";
  }
  glib::Ref<GstBuffer> last_frame() {
    std::lock_guard lock(lock_);
    return last_frame_;
  }

 private:
  void see(GstBuffer* buffer) {
    GstMapInfo map;
    g_assert(gst_buffer_map(buffer, &map, GST_MAP_READ));
    const std::size_t middle = map.size / 2 / 3 * 3;
    const bool red = map.size == frame_size && map.data[middle] > 200 &&
                     map.data[middle + 1] < 60 && map.data[middle + 2] < 60;
    gst_buffer_unmap(buffer, &map);
    std::lock_guard lock(lock_);
    ++frames_;
    red_frames_ += red;
    last_frame_ = glib::Ref<GstBuffer>::share(buffer);
  }

  void hear(GstBuffer* buffer) {
    /* Where a busy machine was too late with its sound, there is silence. */
    if (GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_GAP)) return;
    GstMapInfo map;
    g_assert(gst_buffer_map(buffer, &map, GST_MAP_READ));
    const auto* samples = reinterpret_cast<const std::int16_t*>(map.data);
    std::lock_guard lock(lock_);
    for (std::size_t i = 0; i < map.size / 2; ++i) {
      /* From the first sound on. */
      if (samples_ == 0 && samples[i] == 0) continue;
      ++samples_;
      if (last_sample_ < 0 && samples[i] >= 0) ++crossings_;
      last_sample_ = samples[i];
    }
    gst_buffer_unmap(buffer, &map);
  }

  double frequency() const { return samples_ ? 48000.0 * crossings_ / double(samples_) : 0; }

  glib::Ref<GstElement> picture_;
  glib::Ref<GstElement> tone_;
  gulong picture_handler_ = 0;
  gulong tone_handler_ = 0;
  std::mutex lock_;
  unsigned frames_ = 0;
  unsigned red_frames_ = 0;
  std::size_t samples_ = 0;
  unsigned crossings_ = 0;
  std::int16_t last_sample_ = 0;
  glib::Ref<GstBuffer> last_frame_;
};

/* What @user sends comes out as it was sent, whoever of the two calls. */
void check_call_with(const std::string& user) {
  Server server;
  CallPipeline pipeline(server.line() + raw_consumers);
  Content content(pipeline);
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  SendingParty other(server.account(user), {});
  const bool good = eventually([&] { return content.is_as_sent(); });
  fail_unless(good, "%s", content.text().c_str());
}

}  // namespace

GST_START_TEST(receives_picture_and_tone_from_who_calls_us) {
  check_call_with("@anna:fake");
}
GST_END_TEST;

GST_START_TEST(receives_picture_and_tone_from_whom_we_call) {
  check_call_with("@zoe:fake");
}
GST_END_TEST;

GST_START_TEST(pads_say_whose_they_are_and_end_when_that_one_leaves) {
  Server server;
  CallPipeline pipeline(server.line("pad-naming=user"));
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  SendingParty other(server.account("@anna:fake"), {});
  fail_unless(wait_for_pad(pipeline, "added", "video_anna"));
  char *user = nullptr, *device = nullptr, *purpose = nullptr;
  gst_child_proxy_get(GST_CHILD_PROXY(pipeline.call()), "video_anna::user-id", &user,
                      "video_anna::device-id", &device, "video_anna::purpose", &purpose, nullptr);
  assert_equals_string(user, "@anna:fake");
  assert_equals_string(device, "DEVICE");
  assert_equals_string(purpose, "m.usermedia");
  for (char* text : {user, device, purpose}) g_free(text);
  other.leave();
  fail_unless(wait_for_pad(pipeline, "removed", "video_anna"));
}
GST_END_TEST;

GST_START_TEST(one_leaves_and_the_other_goes_on_with_numbers_never_used_again) {
  Server server;
  CallPipeline pipeline(server.line());
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  SendingParty first(server.account("@anna:fake"), {.audio = true, .video = false});
  fail_unless(wait_for_pad(pipeline, "added", "audio_0"));
  SendingParty second(server.account("@bert:fake"), {.audio = true, .video = false});
  fail_unless(wait_for_pad(pipeline, "added", "audio_1"));
  first.leave();
  fail_unless(wait_for_pad(pipeline, "removed", "audio_0"));
  SendingParty again(server.account("@anna:fake", "NEW"), {.audio = true, .video = false});
  fail_unless(wait_for_pad(pipeline, "added", "audio_2"));
  const auto pad = glib::Ref<GstPad>::adopt(gst_element_get_static_pad(pipeline.call(), "audio_1"));
  fail_unless(pad);
}
GST_END_TEST;

GST_START_TEST(records_what_was_sent_into_a_file_that_ends) {
  Server server;
  const glib::Unique<char> file(g_build_filename(g_get_tmp_dir(), "matrixcall-XXXXXX", nullptr));
  const int fd = g_mkstemp(file.get());
  fail_unless(fd >= 0);
  g_close(fd, nullptr);
  {
    CallPipeline pipeline(server.line() +
                          "c.video_0 ! queue ! mux.video_0 c.audio_0 ! queue ! mux.audio_0 "
                          "matroskamux name=mux ! filesink location=" +
                          file.get());
    const auto mux = pipeline.element("mux");
    pipeline.play();
    fail_unless(wait_for_state(pipeline, "joined"));
    SendingParty other(server.account("@anna:fake"), {});
    GStatBuf status{};
    fail_unless(
        eventually([&] { return g_stat(file.get(), &status) == 0 && status.st_size > 9000; }),
        "nothing is written");
    fail_unless(gst_element_send_event(pipeline.pipeline(), gst_event_new_eos()));
    fail_unless(pipeline.wait_for(GST_MESSAGE_EOS, 3 * GST_SECOND));
  }
  CallPipeline player(std::string("filesrc location=") + file.get() +
                      " ! matroskademux name=d d.video_0 ! queue ! video/x-vp8 ! fakesink name=c "
                      "d.audio_0 ! queue ! audio/x-opus ! fakesink");
  player.play();
  fail_unless(player.wait_for(GST_MESSAGE_EOS));
  g_unlink(file.get());
}
GST_END_TEST;

GST_START_TEST(ends_though_the_only_one_has_no_microphone) {
  Server server;
  CallPipeline pipeline(
      server.line() +
      "c.video_0 ! queue ! mux.video_0 c.audio_0 ! queue ! mux.audio_0 matroskamux name=mux ! "
      "fakesink");
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  SendingParty other(server.account("@anna:fake"), {.audio = false, .video = true});
  fail_unless(wait_for_pad(pipeline, "added", "video_0"));
  fail_unless(gst_element_send_event(pipeline.pipeline(), gst_event_new_eos()));
  fail_unless(pipeline.wait_for(GST_MESSAGE_EOS, 3 * GST_SECOND));
}
GST_END_TEST;

GST_START_TEST(leaves_when_everybody_has_left) {
  Server server;
  CallPipeline pipeline(server.line("leave-when-empty=true empty-timeout=0"));
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  SendingParty other(server.account("@anna:fake"), {});
  fail_unless(wait_for_pad(pipeline, "added", "audio_0"));
  other.leave();
  fail_unless(pipeline.wait_for(GST_MESSAGE_EOS));
}
GST_END_TEST;

GST_START_TEST(goes_on_after_a_pause) {
  Server server;
  CallPipeline pipeline(server.line() + raw_consumers);
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  SendingParty other(server.account("@anna:fake"), {});
  {
    Content content(pipeline);
    fail_unless(eventually([&] { return content.is_as_sent(); }), "%s", content.text().c_str());
  }
  gst_element_set_state(pipeline.pipeline(), GST_STATE_PAUSED);
  gst_element_get_state(pipeline.pipeline(), nullptr, nullptr, GST_SECOND);
  pipeline.play();
  Content content(pipeline);
  fail_unless(eventually([&] { return content.is_as_sent(); }), "%s", content.text().c_str());
}
GST_END_TEST;

GST_START_TEST(a_buffer_can_be_kept_past_null) {
  Server server;
  glib::Ref<GstBuffer> kept;
  {
    CallPipeline pipeline(server.line() + raw_consumers);
    Content content(pipeline);
    pipeline.play();
    fail_unless(wait_for_state(pipeline, "joined"));
    SendingParty other(server.account("@anna:fake"), {});
    fail_unless(eventually([&] { return bool(content.last_frame()); }));
    kept = content.last_frame();
    pipeline.stop();
  }
  GstMapInfo map;
  fail_unless(gst_buffer_map(kept.get(), &map, GST_MAP_READ));
  fail_unless_equals_int(map.size, frame_size);
  gst_buffer_unmap(kept.get(), &map);
}
GST_END_TEST;

GST_START_TEST(shows_participants_and_stats) {
  Server server;
  CallPipeline pipeline(server.line());
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  SendingParty other(server.account("@anna:fake"), {});
  fail_unless(wait_for_pad(pipeline, "added", "audio_0"));
  GValue participants = G_VALUE_INIT;
  g_value_init(&participants, GST_TYPE_ARRAY);
  g_object_get_property(G_OBJECT(pipeline.call()), "participants", &participants);
  fail_unless_equals_int(gst_value_array_get_size(&participants), 1);
  const auto* anna = gst_value_get_structure(gst_value_array_get_value(&participants, 0));
  assert_equals_string(gst_structure_get_string(anna, "user-id"), "@anna:fake");
  g_value_unset(&participants);
  GstStructure* stats = nullptr;
  g_object_get(pipeline.call(), "stats", &stats, nullptr);
  fail_unless(stats && gst_structure_has_field(stats, "dropped"));
  fail_unless(gst_structure_has_field(stats, "peers"));
  gst_structure_free(stats);
}
GST_END_TEST;

static Suite* call_suite() {
  Suite* suite = suite_create("call");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, receives_picture_and_tone_from_who_calls_us);
  tcase_add_test(tcase, receives_picture_and_tone_from_whom_we_call);
  tcase_add_test(tcase, pads_say_whose_they_are_and_end_when_that_one_leaves);
  tcase_add_test(tcase, one_leaves_and_the_other_goes_on_with_numbers_never_used_again);
  tcase_add_test(tcase, records_what_was_sent_into_a_file_that_ends);
  tcase_add_test(tcase, ends_though_the_only_one_has_no_microphone);
  tcase_add_test(tcase, leaves_when_everybody_has_left);
  tcase_add_test(tcase, goes_on_after_a_pause);
  tcase_add_test(tcase, a_buffer_can_be_kept_past_null);
  tcase_add_test(tcase, shows_participants_and_stats);
  return suite;
}

GST_CHECK_MAIN(call);
