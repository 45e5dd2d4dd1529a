/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

namespace matrixcall {

/* Hands what the signalling logs to GST_DEBUG: its machines as "matrix-call", HTTP and sync
 * as "matrix-client". Once per process. */
void install_log_bridge();

}  // namespace matrixcall
