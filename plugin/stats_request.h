/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <functional>

#include "gst/gst_ptr.h"

namespace matrixcall {

using StatsHandler = std::function<void(glib::Unique<GstStructure>)>;

/* What is replied to @ask, which is given the handler for that and says whether a reply will
 * come, from any thread; an empty structure if none comes within 500 ms. Not on the loop. */
glib::Unique<GstStructure> wait_for_stats(const std::function<bool(StatsHandler)>& ask);

}  // namespace matrixcall
