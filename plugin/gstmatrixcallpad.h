/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>

#include <functional>
#include <string>

#include "gst/filler.h"
#include "plugin/enums.h"

G_BEGIN_DECLS

#define GST_TYPE_MATRIX_CALL_PAD (gst_matrix_call_pad_get_type())
G_DECLARE_FINAL_TYPE(GstMatrixCallPad, gst_matrix_call_pad, GST, MATRIX_CALL_PAD, GstPad)

G_END_DECLS

namespace matrixcall {

/* What a source pad's read-only properties say of its feed. */
struct PadFacts {
  std::string user_id;
  std::string device_id;
  std::string display_name;
  std::string purpose; /* MSC3077: "m.usermedia", "m.screenshare" */
  bool muted = false;
  Activity activity = Activity::Idle;
  std::string trust; /* "clear", "unsigned" or "signed" */
  bool operator==(const PadFacts&) const = default;
};

/* A pad with these facts, without functions, not active. */
GstPad* new_source_pad(const std::string& name, GstPadTemplate* pad_template, PadFacts facts);
/* Notifies what is different. Any thread. */
void set_facts(GstMatrixCallPad* pad, const PadFacts& facts);
PadFacts facts_of(GstMatrixCallPad* pad);

/* Called with each new value of the pad's muted-output; any thread. Before the pad is seen. */
void set_muted_output_handler(GstMatrixCallPad* pad,
                              std::function<void(media::MutedOutput)> handler);
/* The element's value, for a pad whose own was never set. Any thread. */
void follow_muted_output(GstMatrixCallPad* pad, media::MutedOutput output);
media::MutedOutput muted_output_of(GstMatrixCallPad* pad);

}  // namespace matrixcall
