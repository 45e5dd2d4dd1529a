/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/sender.h"
#include "tests/plugin/call_pipeline.h"

namespace bench {
namespace {

class CallSender final : public Sender {
 public:
  CallSender(const Account& account, const std::string& folder)
      : pipeline_(party::call_line(account.homeserver, account.token, account.room) +
                  "filesrc location=\"" + folder +
                  "/video.webm\" ! matroskademux ! c.send_video filesrc location=\"" + folder +
                  "/audio.webm\" ! matroskademux ! c.send_audio") {
    pipeline_.play();
    /* Nobody reads the messages, which hold what they are about. */
    const auto bus = glib::Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.pipeline()));
    gst_bus_set_flushing(bus.get(), TRUE);
  }

 private:
  party::CallPipeline pipeline_;
};

}  // namespace

std::unique_ptr<Sender> make_call_sender(const Account& account, const std::string& folder) {
  return std::make_unique<CallSender>(account, folder);
}

}  // namespace bench
