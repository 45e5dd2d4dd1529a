/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "plugin/bin_pads.h"

#include <cstring>

#include "gst/gst_ptr.h"

namespace matrixcall {
namespace {

using glib::Ref;

struct Call {
  void (*function)(GstElement*, unsigned);
  unsigned number;
};

bool has_pad(GstElement* element, const std::string& name) {
  return static_cast<bool>(Ref<GstPad>::adopt(gst_element_get_static_pad(element, name.c_str())));
}

}  // namespace

GstClockTime running_time(GstElement* element) {
  const auto clock = Ref<GstClock>::adopt(gst_element_get_clock(element));
  const GstClockTime base = gst_element_get_base_time(element);
  const GstClockTime now = clock ? gst_clock_get_time(clock.get()) : 0;
  return now > base ? now - base : 0;
}

std::optional<unsigned> pad_number(GstElement* element, const std::string& kind, const char* name) {
  guint64 given = 0;
  const char* digits = name ? std::strrchr(name, '_') : nullptr;
  if (digits && g_ascii_string_to_unsigned(digits + 1, 10, 0, G_MAXUINT, &given, nullptr)) {
    const auto number = static_cast<unsigned>(given);
    if (has_pad(element, kind + "_" + std::to_string(number))) return std::nullopt;
    return number;
  }
  for (unsigned number = 0;; number++)
    if (!has_pad(element, kind + "_" + std::to_string(number))) return number;
}

void call_later(GstElement* element, void (*function)(GstElement*, unsigned), unsigned number) {
  gst_element_call_async(
      element,
      [](GstElement* self, gpointer data) {
        const auto* call = static_cast<Call*>(data);
        call->function(self, call->number);
      },
      new Call{function, number}, [](gpointer data) { delete static_cast<Call*>(data); });
}

}  // namespace matrixcall
