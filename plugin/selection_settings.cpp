/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/selection_settings.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <gst/gst.h>

namespace matrixcall {
namespace {

using matrix::FeedKind;

const SelectionSettings defaults;

constexpr auto before_start =
    GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);

constexpr unsigned bit(FeedKind kind) {
  return 1U << static_cast<unsigned>(kind);
}

rtc::Error wrong_glob(const char* property, std::string_view glob) {
  return {rtc::Error::Kind::Settings,
          std::string(property) + " is a list of user ids with commas between, like " + property +
              "='@alice:example.org,@bot-*': no user id is like '" + std::string(glob) + "'",
          ""};
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

rtc::Result<std::vector<std::string>> read_globs(const char* property, std::string_view list) {
  std::vector<std::string> globs;
  while (!list.empty()) {
    const auto end = std::min(list.find(','), list.size());
    const auto glob = trimmed(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (glob.empty()) continue;
    if (glob.find_first_of("@*?") != 0) return wrong_glob(property, glob);
    globs.emplace_back(glob);
  }
  return globs;
}

}  // namespace

GType feed_kinds_type() {
  static const GFlagsValue values[] = {
      {bit(FeedKind::Audio), "Microphones", "audio"},
      {bit(FeedKind::Video), "Cameras", "video"},
      {bit(FeedKind::Screen), "Screens", "screen"},
      {bit(FeedKind::ScreenAudio), "The sound of screens", "screen-audio"},
      {0, nullptr, nullptr},
  };
  static const GType type = [] {
    const GType made = g_flags_register_static("GstMatrixCallFeedKinds", values);
    gst_type_mark_as_plugin_api(made, GstPluginAPIFlags(0));
    return made;
  }();
  return type;
}

rtc::Result<matrix::Selection> read_selection(const SelectionSettings& settings) {
  auto include = read_globs("include", settings.include);
  if (!include) return include.error();
  auto exclude = read_globs("exclude", settings.exclude);
  if (!exclude) return exclude.error();
  matrix::Selection selection{.kinds = {}, .include = *include, .exclude = *exclude};
  for (const auto kind :
       {FeedKind::Audio, FeedKind::Video, FeedKind::Screen, FeedKind::ScreenAudio})
    if (settings.subscribe & bit(kind)) selection.kinds.insert(kind);
  return selection;
}

GParamSpec* describe(SelectionProperty property) {
  switch (property) {
    case SELECT_SUBSCRIBE:
      return g_param_spec_flags(
          "subscribe", "Subscribe",
          "Which kinds of feeds are received, like audio or audio+screen. There are no pads for "
          "others, and participants are told not to send them: they cost nothing here and no "
          "bandwidth. A camera is sent for nothing while only screens are wanted",
          feed_kinds_type(), defaults.subscribe, before_start);
    case SELECT_INCLUDE:
      return g_param_spec_string(
          "include", "Include",
          "Receive from these users only: ids with commas between, * and ? for any characters, "
          "like '@alice:example.org,@*:example.com'. Everybody still gets what we send",
          nullptr, before_start);
    case SELECT_EXCLUDE:
      return g_param_spec_string(
          "exclude", "Exclude",
          "Receive nothing from these users, even if include names them, like '@recorder-*'",
          nullptr, before_start);
    case SELECT_COUNT:
      break;
  }
  return nullptr;
}

void set_setting(SelectionSettings& settings, SelectionProperty property, const GValue* value) {
  const auto text = [value] {
    const char* given = g_value_get_string(value);
    return std::string(given ? given : "");
  };
  switch (property) {
    case SELECT_SUBSCRIBE:
      settings.subscribe = g_value_get_flags(value);
      return;
    case SELECT_INCLUDE:
      settings.include = text();
      return;
    case SELECT_EXCLUDE:
      settings.exclude = text();
      return;
    case SELECT_COUNT:
      return;
  }
}

void get_setting(const SelectionSettings& settings, SelectionProperty property, GValue* value) {
  const auto put = [value](const std::string& text) {
    g_value_set_string(value, text.empty() ? nullptr : text.c_str());
  };
  switch (property) {
    case SELECT_SUBSCRIBE:
      return g_value_set_flags(value, settings.subscribe);
    case SELECT_INCLUDE:
      return put(settings.include);
    case SELECT_EXCLUDE:
      return put(settings.exclude);
    case SELECT_COUNT:
      return;
  }
}

}  // namespace matrixcall
