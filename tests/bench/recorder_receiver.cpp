/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <filesystem>

#include "tests/bench/receiver.h"
#include "tests/plugin/call_pipeline.h"

namespace bench {
namespace {

namespace fs = std::filesystem;

/* Goes with what is in it. */
class Folder {
 public:
  Folder() : path_(made()) {}
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  const std::string& path() const { return path_; }

 private:
  static std::string made() {
    const glib::Unique<char> path(g_dir_make_tmp("bench-XXXXXX", nullptr));
    return path.get();
  }
  const std::string path_;
};

class RecorderReceiver final : public Receiver {
 public:
  explicit RecorderReceiver(const Account& account)
      : pipeline_(party::call_line(account.homeserver, account.token, account.room) +
                  " : matrixcallrecorder location=\"" + folder_.path() +
                  "/{user}-{device}.mkv\" manifest=\"" + folder_.path() + "/call\"") {
    pipeline_.play();
    /* Nobody reads the messages, which hold what they are about. */
    const auto bus = glib::Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.pipeline()));
    gst_bus_set_flushing(bus.get(), TRUE);
  }
  ~RecorderReceiver() override { pipeline_.stop(); }
  RecorderReceiver(const RecorderReceiver&) = delete;
  RecorderReceiver& operator=(const RecorderReceiver&) = delete;

  std::vector<std::uint64_t> bytes() override {
    std::vector<std::uint64_t> all;
    for (const auto& file : fs::directory_iterator(folder_.path()))
      if (file.path().extension() == ".mkv") all.push_back(file.file_size());
    return all;
  }

 private:
  const Folder folder_;
  party::CallPipeline pipeline_;
};

}  // namespace

std::unique_ptr<Receiver> make_recorder_receiver(const Account& account) {
  return std::make_unique<RecorderReceiver>(account);
}

}  // namespace bench
