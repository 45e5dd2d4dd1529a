/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <span>

#include "gst/gst_ptr.h"

namespace media {

/* A buffer's bytes, which it keeps; none if it cannot be read. */
class BufferMap {
 public:
  explicit BufferMap(GstBuffer* buffer) : buffer_(glib::Ref<GstBuffer>::share(buffer)) {
    mapped_ = gst_buffer_map(buffer, &map_, GST_MAP_READ);
  }
  BufferMap(const BufferMap&) = delete;
  BufferMap& operator=(const BufferMap&) = delete;
  ~BufferMap() {
    if (mapped_) gst_buffer_unmap(buffer_.get(), &map_);
  }
  std::span<const std::uint8_t> bytes() const {
    return mapped_ ? std::span<const std::uint8_t>(map_.data, map_.size)
                   : std::span<const std::uint8_t>();
  }

 private:
  glib::Ref<GstBuffer> buffer_;
  GstMapInfo map_{};
  bool mapped_ = false;
};

}  // namespace media
