/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "signalling/core/signals.h"

namespace matrix {

/* Roughly what keeping @message costs, in bytes. Pure. */
size_t size_of(const CallMessage& message);

}  // namespace matrix
