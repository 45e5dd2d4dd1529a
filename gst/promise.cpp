/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/promise.h"

#include <memory>
#include <utility>

namespace media {
namespace {

using Handler = std::function<void(const Reply&)>;

std::string error_in(const GstStructure* structure) {
  if (!structure || !gst_structure_has_field(structure, "error")) return "";
  GError* raw = nullptr;
  gst_structure_get(structure, "error", G_TYPE_ERROR, &raw, nullptr);
  const glib::Unique<GError> error(raw);
  return error ? error->message : "unknown error";
}

void on_change(GstPromise* promise, gpointer data) {
  const GstStructure* structure = nullptr;
  std::string error = "the connection is closing";
  if (gst_promise_wait(promise) == GST_PROMISE_RESULT_REPLIED) {
    structure = gst_promise_get_reply(promise);
    error = error_in(structure);
  }
  (*static_cast<Handler*>(data))({structure, std::move(error)});
}

}  // namespace

glib::Ref<GstPromise> make_promise(Handler handler) {
  return glib::Ref<GstPromise>::adopt(gst_promise_new_with_change_func(
      on_change, std::make_unique<Handler>(std::move(handler)).release(),
      [](gpointer data) { std::unique_ptr<Handler>(static_cast<Handler*>(data)); }));
}

}  // namespace media
