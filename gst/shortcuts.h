/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <atomic>
#include <memory>

#include "gst/gst_ptr.h"

/* Ways round what webrtcbin does with each packet though nothing comes of it. They are taken
 * where its parts are joined as expected, else all stays as it is. */
namespace media {

/* @funnel, which joins what is sent to one peer, tells everything behind it of its segment each
 * time that another track sends: a sixth of what sending costs. Of equal segments in a row only
 * the first passes. */
void spare_segments(GstElement* rtp_funnel);

/* What @nice_source reads waits in a queue for another thread. Once @open is set, whoever reads
 * it does the rest: nothing behind waits, since each jitter buffer has a thread. */
void spare_queue(GstElement* nice_source, std::shared_ptr<const std::atomic<bool>> open);

}  // namespace media
