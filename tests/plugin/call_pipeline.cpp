/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/plugin/call_pipeline.h"

namespace party {

CallPipeline::CallPipeline(const std::string& launch_line) {
  GError* problem = nullptr;
  pipeline_ = glib::Ref<GstElement>::sink(
      gst_parse_launch_full(launch_line.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &problem));
  const glib::Unique<GError> error(problem);
  if (error) g_error("%s: %s", launch_line.c_str(), error->message);
  if (!GST_IS_PIPELINE(pipeline_.get())) {
    auto* pipeline = gst_pipeline_new(nullptr);
    gst_bin_add(GST_BIN(pipeline), pipeline_.get());
    pipeline_ = glib::Ref<GstElement>::sink(pipeline);
  }
  call_ = element("c");
  bus_ = glib::Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
}

CallPipeline::~CallPipeline() {
  stop();
}

glib::Ref<GstElement> CallPipeline::element(const char* name) const {
  return glib::Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name));
}

void CallPipeline::play() {
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

GstClockTime CallPipeline::stop() {
  const GstClockTime before = gst_util_get_timestamp();
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  return gst_util_get_timestamp() - before;
}

glib::Ref<GstMessage> CallPipeline::wait_for(GstMessageType type, GstClockTime limit,
                                             const Match& match) {
  const GstClockTime end = gst_util_get_timestamp() + limit;
  for (;;) {
    const GstClockTime now = gst_util_get_timestamp();
    auto message = glib::Ref<GstMessage>::adopt(gst_bus_timed_pop_filtered(
        bus_.get(), now < end ? end - now : 0, GstMessageType(type | GST_MESSAGE_ERROR)));
    if (!message) return {};
    if ((GST_MESSAGE_TYPE(message.get()) & type) == 0) {
      GError* problem = nullptr;
      gst_message_parse_error(message.get(), &problem, nullptr);
      const glib::Unique<GError> error(problem);
      g_printerr("unexpected ERROR: %s\n", error->message);
      return {};
    }
    if (!match || match(gst_message_get_structure(message.get()))) return message;
  }
}

glib::Ref<GstMessage> CallPipeline::wait_for_news(const char* name, const char* field,
                                                  const std::string& value) {
  return wait_for(GST_MESSAGE_ELEMENT, 15 * GST_SECOND, [&](const GstStructure* structure) {
    return gst_structure_has_name(structure, name) &&
           value == gst_structure_get_string(structure, field);
  });
}

std::string CallPipeline::wait_for_error(GstResourceError code) {
  const auto message = wait_for(GST_MESSAGE_ERROR);
  if (!message) return "";
  GError* problem = nullptr;
  gst_message_parse_error(message.get(), &problem, nullptr);
  const glib::Unique<GError> error(problem);
  if (g_error_matches(error.get(), GST_RESOURCE_ERROR, code)) return error->message;
  g_printerr("ERROR of another kind: %d %s\n", error->code, error->message);
  return "";
}

namespace {

/* Gone when the process ends. */
struct Stores {
  std::string folder;
  unsigned number = 0;
  Stores() {
    const glib::Unique<char> made(g_dir_make_tmp("stores-XXXXXX", nullptr));
    folder = made.get();
  }
  ~Stores() {
    const std::string command = "rm -r '" + folder + "'";
    g_spawn_command_line_sync(command.c_str(), nullptr, nullptr, nullptr, nullptr);
  }
};

/* Each pipeline has another homeserver, where devices have the same names. */
std::string new_store() {
  static Stores stores;
  return stores.folder + "/" + std::to_string(stores.number++);
}

}  // namespace

std::string call_line(const std::string& homeserver, const std::string& token,
                      const std::string& room, const std::string& more) {
  return "matrixcall name=c homeserver=" + homeserver + " access-token=" + token +
         " store=" + new_store() + " room=\"" + room + "\" " + more + " ";
}

}  // namespace party
