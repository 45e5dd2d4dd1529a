/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>
#include <string>

#include "gst/gst_ptr.h"

namespace media {

/* What became of an operation of webrtcbin. */
struct Reply {
  const GstStructure* structure; /* nullptr if there is none; lives as long as the call */
  std::string error;             /* empty: it succeeded */
};

/* A promise that hands its reply to @handler once, on whichever thread answers. */
glib::Ref<GstPromise> make_promise(std::function<void(const Reply&)> handler);

}  // namespace media
