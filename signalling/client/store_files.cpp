/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/store_files.h"

#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "signalling/base/glib_ptr.h"

GLIB_FREE(GDir, g_dir_close);

namespace matrix {
namespace {

using Kind = rtc::Error::Kind;

constexpr size_t key_size = 32;
constexpr size_t max_key_size = 4096;
constexpr const char* database_ending = ".sqlite";
constexpr const char* own_ending = ".own";

rtc::Error failure(const std::string& message) {
  return {Kind::Settings, message + ": " + g_strerror(errno) + ".", {}};
}

std::string escape(const std::string& text) {
  const glib::Unique<char> escaped(g_uri_escape_string(text.c_str(), nullptr, FALSE));
  return escaped.get();
}

std::string unescape(const std::string& text) {
  const glib::Unique<char> plain(g_uri_unescape_string(text.c_str(), nullptr));
  return plain ? plain.get() : "";
}

/* "1234 (gst-launch-1.0)" */
std::string describe_process(int file) {
  std::array<char, 32> text{};
  const ssize_t size = pread(file, text.data(), text.size() - 1, 0);
  const std::string pid = size > 0 ? text.data() : "";
  if (pid.empty()) return "another process";
  char* name = nullptr;
  g_file_get_contents(("/proc/" + pid + "/comm").c_str(), &name, nullptr, nullptr);
  const glib::Unique<char> owned(name);
  return "process " + pid + (name ? " (" + std::string(g_strchomp(name)) + ")" : "");
}

}  // namespace

rtc::Result<FileLock> FileLock::acquire(const std::string& path) {
  FileLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.file_ < 0) return failure("The store's lock " + path + " cannot be made");
  if (flock(lock.file_, LOCK_EX | LOCK_NB) != 0)
    return rtc::Error{Kind::Busy,
                      "The store " + path.substr(0, path.rfind('.')) + " is in use by " +
                          describe_process(lock.file_) +
                          ": end that first, or give this one a device and a token of its own.",
                      {}};
  const std::string pid = std::to_string(getpid());
  if (ftruncate(lock.file_, 0) != 0 ||
      pwrite(lock.file_, pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
    return failure("The store's lock " + path + " cannot be written");
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

FileLock::~FileLock() {
  if (file_ >= 0) close(file_);
}

std::string store_base(const std::string& folder, const Address& device) {
  std::string name = escape(device.user_id) + "," + escape(device.device_id);
  if (name.size() > 200) {
    const glib::Unique<char> digest(
        g_compute_checksum_for_string(G_CHECKSUM_SHA256, name.c_str(), -1));
    name = digest.get();
  }
  return folder + "/" + name;
}

std::vector<Address> stored_devices(const std::string& folder, const std::string& user_id) {
  std::vector<Address> devices;
  const glib::Unique<GDir> dir(g_dir_open(folder.c_str(), 0, nullptr));
  if (!dir) return devices;
  while (const char* entry = g_dir_read_name(dir.get())) {
    std::string name = entry;
    const size_t comma = name.find(',');
    if (comma == std::string::npos || !name.ends_with(database_ending)) continue;
    name.resize(name.size() - std::string_view(database_ending).size());
    const Address device{unescape(name.substr(0, comma)), unescape(name.substr(comma + 1))};
    if (user_id.empty() || device.user_id == user_id) devices.push_back(device);
  }
  return devices;
}

std::string find_own_device(const std::string& folder, const std::string& user_id) {
  for (const auto& device : stored_devices(folder, user_id)) {
    const std::string base = store_base(folder, device);
    const bool own = g_file_test((base + own_ending).c_str(), G_FILE_TEST_EXISTS) != FALSE;
    if (own && FileLock::acquire(base + ".lock")) return device.device_id;
  }
  return "";
}

void mark_own_device(const std::string& folder, const Address& device) {
  g_file_set_contents_full((store_base(folder, device) + own_ending).c_str(), "", 0,
                           G_FILE_SET_CONTENTS_CONSISTENT, 0600, nullptr);
}

rtc::Result<void> prepare_store(const std::string& folder, const std::string& database) {
  if (g_mkdir_with_parents(folder.c_str(), 0700) != 0)
    return failure("The store's folder " + folder + " cannot be made");
  const int file = open(database.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return failure("The store " + database + " cannot be made");
  close(file);
  return {};
}

rtc::Result<Secret> read_store_key(const std::string& path, bool create, const Entropy& entropy) {
  if (create && !g_file_test(path.c_str(), G_FILE_TEST_EXISTS)) {
    const auto key = Secret::random(key_size, entropy);
    /* All of it or nothing: with half a key, what is encrypted under it could never be read. */
    if (!g_file_set_contents_full(
            path.c_str(), reinterpret_cast<const char*>(key.data()), key_size,
            GFileSetContentsFlags(G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE),
            0600, nullptr))
      return failure("The store's key " + path + " cannot be written");
  }
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return failure("The store's key " + path + " cannot be read");
  Secret key(max_key_size);
  const ssize_t size = read(file, key.data(), key.size());
  close(file);
  if (size < static_cast<ssize_t>(key_size))
    return rtc::Error{
        Kind::Settings, "The store's key " + path + " must hold at least 32 random bytes.", {}};
  key.shorten(static_cast<size_t>(size));
  return key;
}

}  // namespace matrix
