/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib-object.h>

#include "gst/activity.h"
#include "signalling/core/trust.h"

/* The enumerations that the element and its pads show as properties: C++ here, registered
 * with the nicks that an application or a command line uses. Any thread. */
namespace matrixcall {

using media::Activity;
/* How far the element got with its call. */
enum class CallState { Idle, Connecting, Joining, Joined, Leaving, Ended };
/* How the %s of the pad templates is filled in. */
enum class PadNaming { Number, User };
/* Whether clear call signalling is ever sent and taken. */
enum class SignallingEncryption { Auto, Required };
/* Whose devices are trusted. */
enum class DeviceTrust { Any, Signed };

const char* nick(Activity activity);
const char* nick(CallState state);
const char* nick(matrix::Trust trust);

GType activity_type();
GType call_state_type();
GType intent_type();       /* of matrix::Intent */
GType muted_output_type(); /* of media::MutedOutput */
GType output_type();       /* of media::Feed::Output */
GType pad_naming_type();   /* of PadNaming */
GType signalling_encryption_type();
GType device_trust_type();

}  // namespace matrixcall
