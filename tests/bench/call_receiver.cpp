/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <cstdio>
#include <map>
#include <mutex>

#include "tests/bench/receiver.h"
#include "tests/bench/recording.h"
#include "tests/plugin/call_pipeline.h"

namespace bench {
namespace {

class CallReceiver final : public Receiver {
 public:
  CallReceiver(const Account& account, bool queues)
      : queues_(queues),
        pipeline_(party::call_line(account.homeserver, account.token, account.room)) {
    glib::connect<void, GstPad*>(pipeline_.call(), "pad-added", [this](GstPad* pad) { add(pad); });
    glib::connect<void, GstPad*>(pipeline_.call(), "pad-removed",
                                 [this](GstPad* pad) { remove(pad); });
    pipeline_.play();
    /* Nobody reads the messages, which hold what they are about. */
    const auto bus = glib::Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.pipeline()));
    gst_bus_set_flushing(bus.get(), TRUE);
  }
  ~CallReceiver() override { pipeline_.stop(); }
  CallReceiver(const CallReceiver&) = delete;
  CallReceiver& operator=(const CallReceiver&) = delete;

  std::vector<std::uint64_t> bytes() override {
    const std::lock_guard lock(lock_);
    std::vector<std::uint64_t> all;
    for (const auto& [number, participant] : participants_)
      all.push_back(participant.recording->bytes());
    return all;
  }

 private:
  struct Participant {
    std::unique_ptr<Recording> recording;
    int pads = 0;
  };

  struct Name {
    bool is_picture;
    unsigned number;
  };
  static Name parse(GstPad* pad) {
    const glib::Unique<char> name(gst_pad_get_name(pad));
    Name parsed{.is_picture = g_str_has_prefix(name.get(), "video_") != FALSE, .number = 0};
    std::sscanf(name.get(), "%*[a-z]_%u", &parsed.number);
    return parsed;
  }

  void add(GstPad* pad) {
    const Name name = parse(pad);
    const std::lock_guard lock(lock_);
    auto& participant = participants_[name.number];
    if (!participant.recording)
      participant.recording = std::make_unique<Recording>(GST_BIN(pipeline_.pipeline()), queues_);
    participant.pads++;
    const auto& recording = *participant.recording;
    gst_pad_link(pad, name.is_picture ? recording.picture() : recording.sound());
  }

  void remove(GstPad* pad) {
    const std::lock_guard lock(lock_);
    const auto found = participants_.find(parse(pad).number);
    if (found == participants_.end() || --found->second.pads > 0) return;
    found->second.recording->remove();
    participants_.erase(found);
  }

  const bool queues_;
  std::mutex lock_;
  std::map<unsigned, Participant> participants_; /* by the pads' number */
  party::CallPipeline pipeline_;
};

}  // namespace

std::unique_ptr<Receiver> make_call_receiver(const Account& account, bool queues) {
  return std::make_unique<CallReceiver>(account, queues);
}

}  // namespace bench
