/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/feed_pads.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plugin/gstmatrixcall.h"
#include "plugin/gstmatrixcallpad.h"
#include "tests/signalling/wait.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

using matrix::FeedKind;
using matrixcall::Activity;
using matrixcall::FeedPads;
using matrixcall::PadFacts;
using Names = std::set<std::string>;

namespace {

const matrix::Participant alice{"@alice:x", "PHONE", "session", "Alice"};

/* The pads of an element without a call. */
class Fixture {
 public:
  explicit Fixture(bool playing = true)
      : element_(
            glib::Ref<GstElement>::sink(GST_ELEMENT(g_object_new(GST_TYPE_MATRIX_CALL, nullptr)))),
        transport_(loop_, {}),
        pads_(element_.get(), loop_, transport_, {}) {
    glib::connect<void, GstPad*>(element_.get(), "pad-added", [this](GstPad* pad) {
      std::lock_guard lock(lock_);
      added_.insert(GST_PAD_NAME(pad));
    });
    on_loop([&] { pads_.set_playing(playing); });
  }
  ~Fixture() {
    on_loop([this] { pads_.close(); });
    pads_.release();
  }
  Fixture(const Fixture&) = delete;
  Fixture& operator=(const Fixture&) = delete;

  FeedPads& pads() { return pads_; }
  GstElement* element() { return element_.get(); }
  void on_loop(const rtc::Loop::Task& task) { loop_.run_sync(task); }

  void add(unsigned number, FeedKind kind, bool muted = false) {
    on_loop([&] {
      matrix::FeedAdded news;
      news.id = {number, kind};
      news.participant = alice;
      news.muted = muted;
      pads_.add(news);
    });
  }
  void remove(unsigned number, FeedKind kind) {
    on_loop([&] { pads_.remove({{number, kind}, "left"}); });
  }

  Names names() {
    Names names;
    GST_OBJECT_LOCK(element_.get());
    for (GList* item = element_.get()->srcpads; item; item = item->next)
      names.insert(GST_PAD_NAME(item->data));
    GST_OBJECT_UNLOCK(element_.get());
    return names;
  }
  Names all_that_were_added() {
    std::lock_guard lock(lock_);
    return added_;
  }
  bool wait_for(const Names& expected) {
    return fake::eventually(loop_, [&] { return names() == expected; });
  }
  PadFacts facts(const char* name) {
    const auto pad = glib::Ref<GstPad>::adopt(gst_element_get_static_pad(element_.get(), name));
    fail_unless(pad, "%s", name);
    return matrixcall::facts_of(GST_MATRIX_CALL_PAD(pad.get()));
  }
  bool wait_for(const char* name, const PadFacts& expected) {
    return fake::eventually(loop_, [&] { return facts(name) == expected; });
  }
  glib::Ref<GstPad> pad(const char* name) {
    return glib::Ref<GstPad>::adopt(gst_element_get_static_pad(element_.get(), name));
  }
  bool is_sink() { return GST_OBJECT_FLAG_IS_SET(element_.get(), GST_ELEMENT_FLAG_SINK); }
  bool end_all(bool last_pads) {
    bool ended = false;
    on_loop([&] { pads_.end_all("left", last_pads, [&] { ended = true; }); });
    return fake::eventually(loop_, [&] { return ended; });
  }

 private:
  rtc::Loop loop_;
  glib::Ref<GstElement> element_;
  media::Transport transport_;
  FeedPads pads_;
  std::mutex lock_;
  Names added_; /* lock */
};

}  // namespace

GST_START_TEST(remembers_feeds_until_it_plays) {
  Fixture fixture(false);
  fixture.add(0, FeedKind::Audio);
  fixture.add(0, FeedKind::Screen);
  fixture.add(1, FeedKind::Video);
  fixture.remove(1, FeedKind::Video);
  fail_unless(fixture.names().empty());
  fail_unless(fixture.is_sink());
  fixture.on_loop([&] { fixture.pads().set_playing(true); });
  fail_unless(fixture.names() == Names({"audio_0", "screen_0"}));
  fail_if(fixture.is_sink());
}
GST_END_TEST;

GST_START_TEST(a_pad_goes_when_its_feed_has_ended) {
  Fixture fixture;
  fixture.add(0, FeedKind::Audio);
  fixture.add(0, FeedKind::Video);
  fixture.remove(0, FeedKind::Audio);
  fail_unless(fixture.wait_for({"video_0"}));
  fixture.remove(0, FeedKind::Video);
  fail_unless(fixture.wait_for({}));
  fail_if(fixture.is_sink(), "the pipeline may end with the streams that it had");
}
GST_END_TEST;

GST_START_TEST(a_feed_that_comes_again_waits_for_the_end_of_the_last_one) {
  Fixture fixture;
  fixture.add(0, FeedKind::Screen);
  const auto old =
      glib::Ref<GstPad>::adopt(gst_element_get_static_pad(fixture.element(), "screen_0"));
  fixture.remove(0, FeedKind::Screen);
  fixture.add(0, FeedKind::Screen);
  const auto replaced = [&] {
    const auto pad =
        glib::Ref<GstPad>::adopt(gst_element_get_static_pad(fixture.element(), "screen_0"));
    return pad && pad.get() != old.get();
  };
  fixture.on_loop([] {});
  for (int i = 0; i < 1000 && !replaced(); ++i) g_usleep(10000);
  fail_unless(replaced());
}
GST_END_TEST;

GST_START_TEST(leaving_gives_each_waiting_consumer_a_last_pad) {
  Fixture fixture;
  fixture.add(0, FeedKind::Video);
  fixture.add(1, FeedKind::Audio);
  fixture.add(2, FeedKind::Audio);
  fixture.add(2, FeedKind::Video);
  fixture.remove(1, FeedKind::Audio);
  fail_unless(fixture.wait_for({"video_0", "audio_2", "video_2"}));
  fail_unless(fixture.end_all(true));
  fail_unless(fixture.names().empty());
  fail_unless(fixture.all_that_were_added() == Names({"video_0", "audio_0", "audio_1", "video_1",
                                                      "audio_2", "video_2", "audio_3", "video_3"}));
  fail_unless(fixture.is_sink());
}
GST_END_TEST;

GST_START_TEST(leaving_before_anybody_came_gives_the_first_pads) {
  Fixture fixture(false);
  fail_unless(fixture.end_all(true));
  fail_unless(fixture.all_that_were_added() == Names({"audio_0", "video_0"}));
}
GST_END_TEST;

GST_START_TEST(nothing_is_added_after_the_end) {
  Fixture fixture;
  fixture.add(0, FeedKind::Video);
  fail_unless(fixture.end_all(false));
  fixture.add(1, FeedKind::Video);
  fail_unless(fixture.names().empty());
  fail_unless(fixture.all_that_were_added() == Names({"video_0"}));
}
GST_END_TEST;

GST_START_TEST(a_pad_tells_what_it_carries) {
  Fixture fixture;
  fixture.add(0, FeedKind::Video, true);
  fixture.add(0, FeedKind::ScreenAudio);
  const PadFacts expected{.user_id = "@alice:x",
                          .device_id = "PHONE",
                          .display_name = "Alice",
                          .purpose = "m.usermedia",
                          .muted = true,
                          .activity = Activity::Muted,
                          .trust = "clear"};
  fail_unless(fixture.facts("video_0") == expected);
  fail_unless(fixture.facts("screen_audio_0").purpose == "m.screenshare");
  fail_unless(fixture.facts("screen_audio_0").activity == Activity::Idle);
  fixture.on_loop([&] {
    matrix::Participant renamed = alice;
    renamed.display_name = "Alice B.";
    fixture.pads().set_muted({{0, FeedKind::Video}, false});
    fixture.pads().rename(renamed);
    fixture.pads().set_trust({{0, FeedKind::Video}, matrix::Trust::Signed});
  });
  PadFacts changed = expected;
  changed.display_name = "Alice B.";
  changed.muted = false;
  changed.activity = Activity::Idle;
  changed.trust = "signed";
  fail_unless(fixture.wait_for("video_0", changed));
}
GST_END_TEST;

GST_START_TEST(a_pad_follows_the_element_in_what_a_mute_gives_until_it_is_told_itself) {
  using media::MutedOutput;
  Fixture fixture;
  fixture.add(0, FeedKind::Audio);
  fixture.add(0, FeedKind::Video);
  const auto output = [&](const char* name) {
    return matrixcall::muted_output_of(GST_MATRIX_CALL_PAD(fixture.pad(name).get()));
  };
  fail_unless(output("audio_0") == MutedOutput::Fill);
  gst_util_set_object_arg(G_OBJECT(fixture.pad("video_0").get()), "muted-output", "freeze");
  fixture.on_loop([&] { fixture.pads().set_muted_output(MutedOutput::Gap); });
  fail_unless(output("audio_0") == MutedOutput::Gap);
  fail_unless(output("video_0") == MutedOutput::Freeze);
  fixture.add(1, FeedKind::Audio);
  fail_unless(output("audio_1") == MutedOutput::Gap);
}
GST_END_TEST;

/* The events that go down @pad from now on. */
class Overheard {
 public:
  explicit Overheard(GstPad* pad) {
    gst_pad_add_probe(
        pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
        [](GstPad*, GstPadProbeInfo* info, gpointer self) {
          static_cast<Overheard*>(self)->events_.push_back(
              glib::Ref<GstEvent>::share(gst_pad_probe_info_get_event(info)));
          return GST_PAD_PROBE_OK;
        },
        this, nullptr);
  }
  /* When the pad is gone. */
  const std::vector<glib::Ref<GstEvent>>& events() const { return events_; }

 private:
  std::vector<glib::Ref<GstEvent>> events_;
};

GST_START_TEST(the_last_words_of_every_feed_are_that_the_call_has_ended) {
  Fixture fixture;
  fixture.on_loop([&] { fixture.pads().set_call("!room:x", "call"); });
  fixture.add(0, FeedKind::Video);
  Overheard overheard(fixture.pad("video_0").get());
  fail_unless(fixture.end_all(true));
  std::optional<media::ActivityNews> last;
  for (const auto& event : overheard.events())
    if (const auto news = media::parse_activity(event.get())) last = news;
  fail_unless(last && last->activity == Activity::Ended && last->reason == "call-ended");
  fail_unless(last->room == "!room:x" && last->call_id == "call" && last->user_id == "@alice:x");
  fail_unless(last->session_id == "session" && last->kind == media::FeedKind::Video);
  fail_unless(GST_EVENT_TYPE(overheard.events().back().get()) == GST_EVENT_EOS);
}
GST_END_TEST;

GST_START_TEST(every_feed_knows_who_is_in_the_call) {
  Fixture fixture;
  const media::Roster roster{{"@bob:x", "PC", "s", "Bob", 5}};
  fixture.on_loop([&] { fixture.pads().set_roster(roster); });
  fixture.add(0, FeedKind::Audio);
  Overheard overheard(fixture.pad("audio_0").get());
  fail_unless(fixture.end_all(false));
  fail_unless(std::ranges::any_of(overheard.events(), [&](const auto& event) {
    return media::parse_roster(event.get()) == roster;
  }));
}
GST_END_TEST;

GST_START_TEST(its_children_are_the_pads) {
  Fixture fixture;
  fixture.add(0, FeedKind::Video);
  auto* proxy = GST_CHILD_PROXY(fixture.element());
  fail_unless_equals_int(gst_child_proxy_get_children_count(proxy), 1);
  const auto by_name =
      glib::Ref<GObject>::adopt(gst_child_proxy_get_child_by_name(proxy, "video_0"));
  const auto by_index = glib::Ref<GObject>::adopt(gst_child_proxy_get_child_by_index(proxy, 0));
  fail_unless(by_name && by_name.get() == by_index.get());
  char* user = nullptr;
  gst_child_proxy_get(proxy, "video_0::user-id", &user, nullptr);
  assert_equals_string(user, "@alice:x");
  g_free(user);
}
GST_END_TEST;

static Suite* feed_pads_suite() {
  Suite* suite = suite_create("feed_pads");
  TCase* tcase = tcase_create("general");
  suite_add_tcase(suite, tcase);
  tcase_add_test(tcase, remembers_feeds_until_it_plays);
  tcase_add_test(tcase, a_pad_goes_when_its_feed_has_ended);
  tcase_add_test(tcase, a_feed_that_comes_again_waits_for_the_end_of_the_last_one);
  tcase_add_test(tcase, leaving_gives_each_waiting_consumer_a_last_pad);
  tcase_add_test(tcase, leaving_before_anybody_came_gives_the_first_pads);
  tcase_add_test(tcase, nothing_is_added_after_the_end);
  tcase_add_test(tcase, a_pad_tells_what_it_carries);
  tcase_add_test(tcase, a_pad_follows_the_element_in_what_a_mute_gives_until_it_is_told_itself);
  tcase_add_test(tcase, the_last_words_of_every_feed_are_that_the_call_has_ended);
  tcase_add_test(tcase, every_feed_knows_who_is_in_the_call);
  tcase_add_test(tcase, its_children_are_the_pads);
  return suite;
}

GST_CHECK_MAIN(feed_pads);
