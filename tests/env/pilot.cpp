/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pilot ELEMENT...: gst-launch-1.0 -e -m, whose pipeline can be changed while it runs. It reads
 * commands, a line each, and answers each with a line "= NUMBER WORDS":
 *
 *   NUMBER set ELEMENT PROPERTY VALUE     a property of a child is CHILD::PROPERTY
 *   NUMBER get ELEMENT PROPERTY
 *   NUMBER link PAD LINE                  what LINE ends in goes into the sink pad PAD of "c"
 *   NUMBER unlink PAD                     ... and is gone, with the pad
 */
#include <glib-unix.h>

#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include "gst/gst_ptr.h"

namespace {

using glib::Ref;
using glib::Unique;

class Pilot {
 public:
  explicit Pilot(const char** words) {
    GError* problem = nullptr;
    pipeline_ = Ref<GstElement>::sink(gst_parse_launchv(words, &problem));
    const Unique<GError> error(problem);
    if (error) g_printerr("%s\n", error->message);
    if (!pipeline_) return;
    const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
    gst_bus_add_watch(bus.get(), on_message, this);
    g_unix_signal_add(SIGINT, on_interrupt, this);
    g_io_add_watch(input_, GIOCondition(G_IO_IN | G_IO_HUP), on_input, this);
  }
  ~Pilot() { g_io_channel_unref(input_); }
  Pilot(const Pilot&) = delete;
  Pilot& operator=(const Pilot&) = delete;

  int run() {
    if (!pipeline_) return 1;
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
    g_main_loop_run(loop_.get());
    gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
    return result_;
  }

 private:
  struct Loop {
    void operator()(GMainLoop* loop) const { g_main_loop_unref(loop); }
  };

  static gboolean on_message(GstBus*, GstMessage* message, gpointer self) {
    static_cast<Pilot*>(self)->take(message);
    return TRUE;
  }

  static gboolean on_interrupt(gpointer self) {
    gst_element_send_event(static_cast<Pilot*>(self)->pipeline_.get(), gst_event_new_eos());
    return TRUE;
  }

  static gboolean on_input(GIOChannel* channel, GIOCondition, gpointer self) {
    char* line = nullptr;
    if (g_io_channel_read_line(channel, &line, nullptr, nullptr, nullptr) != G_IO_STATUS_NORMAL)
      return FALSE;
    const Unique<char> owned(line);
    static_cast<Pilot*>(self)->obey(std::istringstream(line));
    return TRUE;
  }

  void take(GstMessage* message) {
    switch (GST_MESSAGE_TYPE(message)) {
      case GST_MESSAGE_EOS:
        return end(0);
      case GST_MESSAGE_ERROR:
        gst_object_default_error(GST_MESSAGE_SRC(message), error_of(message).get(), nullptr);
        return end(1);
      case GST_MESSAGE_WARNING:
        std::cout << "WARNING: " << error_of(message)->message << std::endl;
        return;
      case GST_MESSAGE_LATENCY:
        gst_bin_recalculate_latency(GST_BIN(pipeline_.get()));
        return;
      case GST_MESSAGE_ELEMENT: {
        const Unique<char> text(gst_structure_to_string(gst_message_get_structure(message)));
        std::cout << text.get() << std::endl;
        return;
      }
      default:
        return;
    }
  }

  static Unique<GError> error_of(GstMessage* message) {
    GError* error = nullptr;
    if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
      gst_message_parse_error(message, &error, nullptr);
    else
      gst_message_parse_warning(message, &error, nullptr);
    return Unique<GError>(error);
  }

  void end(int result) {
    result_ = result;
    g_main_loop_quit(loop_.get());
  }

  void obey(std::istringstream line) {
    std::string number, command, name;
    line >> number >> command >> name;
    const std::string answer = carry_out(command, name, line);
    std::cout << "= " << number << ' ' << answer << std::endl;
  }

  std::string carry_out(const std::string& command, const std::string& name,
                        std::istringstream& line) {
    if (command == "link") return link(name, line);
    if (command == "unlink") return unlink(name);
    const auto element =
        Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), name.c_str()));
    std::string path;
    std::string value;
    line >> path;
    std::getline(line >> std::ws, value);
    GObject* child = nullptr;
    GParamSpec* spec = nullptr;
    if (!element || !find(element.get(), path, &child, &spec)) return "there is no such thing";
    const auto owned = Ref<GObject>::adopt(child);
    if (command == "get") return text_of(child, spec);
    gst_util_set_object_arg(child, spec->name, value.c_str());
    return "done";
  }

  static bool find(GstElement* element, const std::string& path, GObject** child,
                   GParamSpec** spec) {
    if (GST_IS_CHILD_PROXY(element))
      return gst_child_proxy_lookup(GST_CHILD_PROXY(element), path.c_str(), child, spec);
    *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), path.c_str());
    *child = G_OBJECT(g_object_ref(element));
    return *spec != nullptr;
  }

  static std::string text_of(GObject* object, GParamSpec* spec) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, spec->value_type);
    g_object_get_property(object, spec->name, &value);
    const Unique<char> text(GST_VALUE_HOLDS_STRUCTURE(&value)
                                ? gst_structure_to_string(gst_value_get_structure(&value))
                                : gst_value_serialize(&value));
    g_value_unset(&value);
    return text ? text.get() : "";
  }

  std::string link(const std::string& pad, std::istringstream& line) {
    std::string words;
    std::getline(line >> std::ws, words);
    GError* problem = nullptr;
    auto* branch = gst_parse_bin_from_description(words.c_str(), TRUE, &problem);
    const Unique<GError> error(problem);
    if (error) return error->message;
    gst_bin_add(GST_BIN(pipeline_.get()), branch);
    const auto call = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "c"));
    if (!gst_element_link_pads(branch, "src", call.get(), pad.c_str())) return "cannot be linked";
    gst_element_sync_state_with_parent(branch);
    branches_[pad] = branch;
    return "done";
  }

  std::string unlink(const std::string& name) {
    const auto found = branches_.find(name);
    if (found == branches_.end()) return "there is no such thing";
    GstElement* branch = found->second;
    branches_.erase(found);
    gst_element_set_locked_state(branch, TRUE);
    gst_element_set_state(branch, GST_STATE_NULL);
    const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(branch, "src"));
    const auto sink = Ref<GstPad>::adopt(gst_pad_get_peer(source.get()));
    const auto call = Ref<GstElement>::adopt(gst_pad_get_parent_element(sink.get()));
    gst_element_release_request_pad(call.get(), sink.get());
    gst_bin_remove(GST_BIN(pipeline_.get()), branch);
    return "done";
  }

  std::unique_ptr<GMainLoop, Loop> loop_{g_main_loop_new(nullptr, FALSE)};
  GIOChannel* input_ = g_io_channel_unix_new(0);
  Ref<GstElement> pipeline_;
  std::map<std::string, GstElement*> branches_; /* the pipeline's, by the pad they go into */
  int result_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  return Pilot(const_cast<const char**>(argv + 1)).run();
}
