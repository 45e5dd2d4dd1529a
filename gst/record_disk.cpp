/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/record_disk.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "gst/record_name.h"
#include "signalling/base/glib_ptr.h"

namespace media {
namespace {

constexpr unsigned most_names = 10000;

/* 0, or errno. */
int write_all(int fd, std::span<const std::uint8_t> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    bytes = bytes.subspan(static_cast<size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return 0;
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

DiskFile::~DiskFile() {
  if (fd_ >= 0) ::close(fd_);
}

DiskError DiskFile::error(int code) const {
  const std::string why = g_strerror(code);
  switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return {GST_RESOURCE_ERROR_NO_SPACE_LEFT,
              "There is no space left for " + path_ +
                  ". What was recorded so far can be read; make room and record again.",
              why};
    case EACCES:
    case EPERM:
    case EROFS:
      return {GST_RESOURCE_ERROR_OPEN_WRITE,
              path_ + " cannot be written: " + why +
                  ". Set location and manifest to a folder that this program may write to.",
              why};
    default:
      return {fd_ < 0 ? GST_RESOURCE_ERROR_OPEN_WRITE : GST_RESOURCE_ERROR_WRITE,
              path_ + " cannot be written: " + why + ".", why};
  }
}

std::optional<DiskError> DiskFile::create(const std::string& path) {
  path_ = path;
  const glib::Unique<char> folder(g_path_get_dirname(path.c_str()));
  if (g_mkdir_with_parents(folder.get(), 0777) != 0) return error(errno);
  int code = EEXIST;
  for (unsigned number = 1; code == EEXIST && number <= most_names; number++) {
    path_ = numbered_name(path, number);
    fd_ = open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    code = fd_ < 0 ? errno : 0;
  }
  if (code != 0) return error(code);
  return std::nullopt;
}

std::optional<DiskError> DiskFile::append(std::span<const std::uint8_t> bytes) {
  const int code = write_all(fd_, bytes, size_);
  if (code == 0) {
    size_ += bytes.size();
    return std::nullopt;
  }
  /* Half a piece is worse than none; that this may fail as well changes nothing. */
  if (ftruncate(fd_, static_cast<off_t>(size_)) != 0) return error(code);
  return error(code);
}

std::optional<DiskError> DiskFile::append(const std::string& text) {
  return append(bytes_of(text));
}

std::optional<DiskError> DiskFile::overwrite(std::uint64_t offset,
                                             std::span<const std::uint8_t> bytes) {
  const int code = write_all(fd_, bytes, offset);
  if (code == 0) return std::nullopt;
  return error(code);
}

std::optional<DiskError> DiskFile::close() {
  const int result = ::close(std::exchange(fd_, -1));
  if (result == 0 || errno == EINTR) return std::nullopt;
  return error(errno);
}

}  // namespace media
