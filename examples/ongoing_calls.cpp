/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists the calls that may be going on, as the stores of matrixcall remember them: at once, without
 * asking a homeserver, also beside a running matrixcall or after one that has crashed.
 *
 *   ongoing_calls [FOLDER]
 *
 * One line a call: room, call, since when we know of it, who was seen in it last, which device of
 * ours was, or is, in it. FOLDER: the element's property "store"; by default the one that it has
 * with a token. */
#include <cstdio>

#include "signalling/client/store.h"

GLIB_FREE(GDateTime, g_date_time_unref);

namespace {

std::string written(matrix::Time time) {
  const glib::Unique<GDateTime> date(g_date_time_new_from_unix_local(time.count() / 1000));
  if (!date) return "?";
  return glib::Unique<char>(g_date_time_format(date.get(), "%Y-%m-%d %H:%M:%S")).get();
}

std::string written(const std::vector<std::string>& users) {
  std::string text;
  for (const auto& user : users) text += (text.empty() ? "" : " ") + user;
  return text.empty() ? "nobody" : text;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder =
      argc > 1 ? argv[1] : std::string(g_get_user_data_dir()) + "/gst-matrix-call";
  bool good = true;
  for (const auto& device : matrix::stored_devices(folder)) {
    const auto calls = matrix::Store::read_calls(folder, device);
    if (!calls) {
      std::fprintf(stderr, "%s/%s: %s (%s)\n", device.user_id.c_str(), device.device_id.c_str(),
                   calls.error().message.c_str(), calls.error().detail.c_str());
      good = false;
      continue;
    }
    for (const auto& call : *calls)
      std::printf("%s\t%s\t%s\t%s\t%s%s/%s\n", call.room_id.c_str(), call.call_id.c_str(),
                  written(call.since).c_str(), written(call.users).c_str(),
                  call.joined ? "" : "not ", device.user_id.c_str(), device.device_id.c_str());
  }
  return good ? 0 : 1;
}
