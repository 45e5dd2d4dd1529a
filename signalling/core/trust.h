/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

namespace matrix {

/* How well we know who a message came from, in rising order. */
enum class Trust {
  Clear,    /* the homeservers say so */
  Unsigned, /* a device of the user that the homeservers name */
  Signed,   /* a device that its owner has vouched for (cross-signing) */
};

}  // namespace matrix
