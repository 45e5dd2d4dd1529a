/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <string>

#include "gst/gst_ptr.h"

namespace party {

/* What an application has: a pipeline with the element "c" in it, made from a launch line,
 * and its bus. In NULL and gone at the end. */
class CallPipeline {
 public:
  explicit CallPipeline(const std::string& launch_line);
  ~CallPipeline();
  CallPipeline(const CallPipeline&) = delete;
  CallPipeline& operator=(const CallPipeline&) = delete;

  GstElement* pipeline() const { return pipeline_.get(); }
  GstElement* call() const { return call_.get(); }
  glib::Ref<GstElement> element(const char* name) const;
  void play();
  /* How long it took. */
  GstClockTime stop();

  using Match = std::function<bool(const GstStructure*)>;
  /* The next such message within the time; earlier ones are taken off the bus. An ERROR that
   * is not waited for ends the waiting. */
  glib::Ref<GstMessage> wait_for(GstMessageType type, GstClockTime limit = 10 * GST_SECOND,
                                 const Match& match = nullptr);
  /* The next element message @name whose field @field is @value. */
  glib::Ref<GstMessage> wait_for_news(const char* name, const char* field,
                                      const std::string& value);
  /* The text of the next ERROR if it is a resource error of @code. */
  std::string wait_for_error(GstResourceError code);

 private:
  glib::Ref<GstElement> pipeline_;
  glib::Ref<GstElement> call_;
  glib::Ref<GstBus> bus_;
};

/* "matrixcall name=c ..." */
std::string call_line(const std::string& homeserver, const std::string& token,
                      const std::string& room, const std::string& more = "");

}  // namespace party
