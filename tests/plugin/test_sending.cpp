/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <algorithm>
#include <atomic>
#include <string>

#include "gst/gst_ptr.h"
#include "tests/long_run.h"
#include "tests/plugin/call_fixture.h"
#include "tests/plugin/crowd.h"
#include "tests/plugin/sending_party.h"
#include "tests/plugin/witness.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

using party::CallPipeline;
using party::Crowd;
using party::eventually;
using party::SendingParty;
using party::Server;
using party::wait_for_state;
using party::Witness;
using party::Witnesses;

namespace {

constexpr GstClockTime limit = 30 * GST_SECOND;
constexpr unsigned rate = 15;
constexpr std::uint32_t frame_ticks = 90000 / rate;

const std::string camera =
    "videotestsrc is-live=true ! video/x-raw,width=160,height=90,framerate=15/1 ! c.send_video ";
const std::string microphone =
    "audiotestsrc is-live=true samplesperbuffer=960 ! audio/x-raw,rate=48000 ! c.send_audio ";

/* Every frame from the first to the last that came. */
void check_whole(const Witness& witness) {
  const auto track = witness.video();
  fail_unless_equals_int(track.missing, 0);
  for (std::size_t i = 1; i < track.frames.size(); ++i) {
    const std::uint32_t step = track.frames[i] - track.frames[i - 1];
    fail_unless(step < frame_ticks * 3 / 2, "a gap of %u ticks before frame %zu", step, i);
  }
}

/* So many frames more come to each. */
bool goes_on(const std::vector<std::shared_ptr<Witness>>& witnesses, std::size_t frames = rate) {
  return std::ranges::all_of(witnesses, [&](const auto& witness) {
    const std::size_t before = witness->video().frames.size();
    return eventually([&] { return witness->video().frames.size() >= before + frames; }, 30);
  });
}

/* Counts the encoders that the element makes. */
struct Encoders {
  explicit Encoders(GstElement* call) {
    glib::connect<void, GstElement*>(call, "encoder-setup", [this](GstElement*) { count++; });
  }
  std::atomic<int> count = 0;
};

/* Somebody who is in our call, and what they got. */
struct Listener {
  explicit Listener(Server& server, const party::Media& media = {})
      : party(server.account("@anna:fake"), witnesses.watch(media)) {}

  bool hears() {
    return eventually([&] { return !all().empty() && all().front()->audio().packets > 20; }, 30);
  }
  std::vector<std::shared_ptr<Witness>> all() const { return witnesses.all(); }

  Witnesses witnesses;
  SendingParty party;
};

/* An element that is in the call with us, and speaks. */
class Friend {
 public:
  explicit Friend(Server& server)
      : pipeline_(party::call_line(server.server.url(), server.account("@anna:fake").access_token,
                                   server.room, "create=true") +
                  microphone + "c.audio_0 ! fakesink name=ear signal-handoffs=true sync=false") {
    glib::connect<void, GstBuffer*, GstPad*>(pipeline_.element("ear").get(), "handoff",
                                             [this](GstBuffer*, GstPad*) { heard_++; });
    pipeline_.play();
    fail_unless(wait_for_state(pipeline_, "joined"));
  }

  bool hears() {
    return eventually([this] { return heard_ > 20; }, 30);
  }
  /* Whether our microphone is not there any more. */
  bool misses_us() {
    return bool(pipeline_.wait_for(GST_MESSAGE_ELEMENT, limit, [](const GstStructure* news) {
      return gst_structure_has_name(news, "matrixcall-feed") &&
             (g_str_equal(gst_structure_get_string(news, "event"), "removed") ||
              g_str_equal(gst_structure_get_string(news, "activity"), "muted"));
    }));
  }

 private:
  std::atomic<int> heard_ = 0;
  CallPipeline pipeline_;
};

/* Our stream ends while somebody else is in the call: what we do then. */
void check_end(const std::string& setting, bool watches, bool leaves) {
  Server server;
  Friend anna(server);
  std::atomic<int> heard = 0;
  CallPipeline pipeline(server.line("leave-on-eos=" + setting) +
                        (watches ? "c.audio_0 ! fakesink name=ear signal-handoffs=true " : "") +
                        "audiotestsrc num-buffers=60 ! audio/x-raw,rate=48000 ! c.send_audio");
  if (watches)
    glib::connect<void, GstBuffer*, GstPad*>(pipeline.element("ear").get(), "handoff",
                                             [&](GstBuffer*, GstPad*) { heard++; });
  pipeline.play();
  fail_unless(anna.hears());
  if (leaves) {
    fail_unless(pipeline.wait_for(GST_MESSAGE_EOS, limit));
    return;
  }
  fail_unless(anna.misses_us());
  const int before = heard;
  fail_unless(!watches || eventually([&] { return heard > before + 50; }));
  fail_if(pipeline.wait_for(GST_MESSAGE_EOS, GST_SECOND / 2));
  GValue state = G_VALUE_INIT;
  g_object_get_property(G_OBJECT(pipeline.call()), "state", &state);
  const glib::Unique<char> text(gst_value_serialize(&state));
  g_value_unset(&state);
  fail_unless_equals_string(text.get(), "joined");
}

}  // namespace

GST_START_TEST(encodes_once_for_many_whoever_comes_goes_or_dies) {
  const std::size_t many = test::is_long_run() ? 8 : 4;
  Witnesses witnesses;
  party::Media media;
  media.audio_source.line = "audiotestsrc is-live=true wave=silence ! opusenc ! rtpopuspay pt=111";
  Crowd crowd(witnesses.watch(media));
  CallPipeline pipeline(party::call_line(crowd.url(), crowd.token(), crowd.room()) + camera +
                        microphone);
  const Encoders encoders(pipeline.call());
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  crowd.resize(many);
  fail_unless(eventually([&] { return witnesses.all().size() == many; }));
  fail_unless(goes_on(witnesses.all()));
  crowd.resize(many - 1);
  crowd.kill_last();
  auto stay = witnesses.all();
  stay.resize(many - 2);
  fail_unless(goes_on(stay));
  crowd.resize(many - 1);
  fail_unless(eventually([&] { return witnesses.all().size() == many + 1; }));
  stay.push_back(witnesses.all().back());
  fail_unless(goes_on(stay));
  for (const auto& witness : stay) check_whole(*witness);
  fail_unless_equals_int(encoders.count, 2);
}
GST_END_TEST;

GST_START_TEST(leaves_when_all_that_it_sends_has_ended_and_nobody_is_watched) {
  check_end("auto", false, true);
}
GST_END_TEST;

GST_START_TEST(a_recorder_that_plays_a_jingle_stays) {
  check_end("auto", true, false);
}
GST_END_TEST;

GST_START_TEST(leaves_at_the_end_though_somebody_is_watched_if_that_is_wanted) {
  check_end("true", true, true);
}
GST_END_TEST;

GST_START_TEST(stays_at_the_end_if_that_is_wanted) {
  check_end("false", false, false);
}
GST_END_TEST;

/* Nothing comes out of the first encoder of video, which says that it has failed. */
GST_START_TEST(an_encoder_that_fails_costs_its_own_track_only) {
  Server server;
  CallPipeline pipeline(server.line() + camera + microphone);
  glib::connect<void, GstElement*>(pipeline.call(), "encoder-setup", [](GstElement* encoder) {
    const auto pad = glib::Ref<GstPad>::adopt(gst_element_get_static_pad(encoder, "sink"));
    if (!g_str_has_prefix(GST_OBJECT_NAME(encoder), "vp8")) return;
    gst_pad_set_chain_function(pad.get(), [](GstPad*, GstObject*, GstBuffer* buffer) {
      gst_buffer_unref(buffer);
      return GST_FLOW_ERROR;
    });
  });
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  Listener other(server);
  fail_unless(pipeline.wait_for(GST_MESSAGE_WARNING, limit));
  fail_unless(other.hears());
  fail_unless_equals_int(other.all().front()->video().packets, 0);
}
GST_END_TEST;

GST_START_TEST(names_who_does_not_take_the_codec_and_goes_on_with_the_others) {
  Server server;
  CallPipeline pipeline(server.line() +
                        "videotestsrc is-live=true ! video/x-raw,width=160,height=90 ! vp9enc "
                        "deadline=1 cpu-used=8 ! c.send_video " +
                        microphone);
  pipeline.play();
  fail_unless(wait_for_state(pipeline, "joined"));
  /* Who calls with VP8 alone. */
  Listener other(server);
  const auto message = pipeline.wait_for(GST_MESSAGE_WARNING, limit);
  fail_unless(message);
  GError* problem = nullptr;
  gst_message_parse_warning(message.get(), &problem, nullptr);
  const glib::Unique<GError> warning(problem);
  fail_unless(strstr(warning->message, "@anna:fake") && strstr(warning->message, "VP9"), "%s",
              warning->message);
  fail_unless(other.hears());
}
GST_END_TEST;

static Suite* sending_suite() {
  Suite* suite = suite_create("sending");
  TCase* tcase = tcase_create("general");
  tcase_set_timeout(tcase, 150);
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, encodes_once_for_many_whoever_comes_goes_or_dies);
  tcase_add_test(tcase, leaves_when_all_that_it_sends_has_ended_and_nobody_is_watched);
  tcase_add_test(tcase, a_recorder_that_plays_a_jingle_stays);
  tcase_add_test(tcase, leaves_at_the_end_though_somebody_is_watched_if_that_is_wanted);
  tcase_add_test(tcase, stays_at_the_end_if_that_is_wanted);
  tcase_add_test(tcase, an_encoder_that_fails_costs_its_own_track_only);
  tcase_add_test(tcase, names_who_does_not_take_the_codec_and_goes_on_with_the_others);
  return suite;
}

GST_CHECK_MAIN(sending);
