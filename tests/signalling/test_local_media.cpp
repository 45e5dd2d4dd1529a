/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/local_media.h"

#include <glib.h>

using namespace matrix;

namespace {

const std::vector<LocalSource> everything{
    {TrackSource::Microphone, true}, {TrackSource::Camera, false}, {TrackSource::Screen, false}};

void announces_what_is_not_sent_as_muted() {
  const LocalMedia nothing;
  g_assert_true(
      (nothing.streams("s") == StreamMetadataMap{{"s", {Purpose::Usermedia, true, true}}}));
  g_assert_true(nothing.tracks("s").empty());
  LocalMedia media;
  g_assert_true(media.set_tracks(everything));
  g_assert_true(
      (media.streams("s") == StreamMetadataMap{{"s", {Purpose::Usermedia, true, false}},
                                               {"s-screen", {Purpose::Screenshare, true, false}}}));
}

void gives_the_screen_a_stream_of_its_own() {
  LocalMedia media;
  media.set_tracks(everything);
  g_assert_true(
      (media.tracks("s") == std::vector<rtc::LocalTrack>{{TrackSource::Microphone, "s"},
                                                         {TrackSource::Camera, "s"},
                                                         {TrackSource::Screen, "s-screen"}}));
}

void says_what_changes_anything() {
  LocalMedia media;
  g_assert_false(media.set_tracks({}));
  g_assert_true(media.set_tracks(everything));
  g_assert_false(media.set_tracks(everything));
  g_assert_false(media.set_muted(TrackSource::Microphone, true));
  g_assert_true(media.set_muted(TrackSource::Microphone, false));
  g_assert_false(media.set_muted(TrackSource::ScreenAudio, true)); /* we have none */
  g_assert_true(media.set_tracks({{TrackSource::Camera, false}, {TrackSource::Camera, true}}));
  g_assert_false(media.set_muted(TrackSource::Camera, false));
}

void reads_which_tracks_a_description_sends() {
  g_assert_true(sources_sent("", "s").empty());
  const std::string sdp =
      "v=0\r\na=msid:s x\r\n"
      "m=audio 9 x 111\r\na=msid:s mic\r\na=sendrecv\r\n"
      "m=video 9 x 96\r\na=recvonly\r\na=msid:s cam\r\n"
      "m=video 9 x 96\r\na=sendonly\r\na=msid:s-screen t\r\na=msid:s t\r\n"
      "m=audio 9 x 96\r\na=msid:s-screen t\r\na=inactive\r\n"
      "m=video 9 x 96\r\na=msid:other t\r\na=sendrecv";
  g_assert_true((sources_sent(sdp, "s") == std::set{TrackSource::Microphone, TrackSource::Screen}));
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/local_media/" #name, name)
  TEST(announces_what_is_not_sent_as_muted);
  TEST(gives_the_screen_a_stream_of_its_own);
  TEST(says_what_changes_anything);
  TEST(reads_which_tracks_a_description_sends);
  return g_test_run();
}
