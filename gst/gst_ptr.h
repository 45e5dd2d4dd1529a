/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gst/gst.h>
#define GST_USE_UNSTABLE_API
#include <gst/sdp/sdp.h>
#include <gst/webrtc/webrtc.h>

#include "signalling/base/glib_ptr.h"

GLIB_OBJECT(GstElement);
GLIB_OBJECT(GstPad);
GLIB_OBJECT(GstClock);
GLIB_OBJECT(GstBus);
GLIB_OBJECT(GstStream);
GLIB_COUNTED(GstCaps, gst_caps_ref, gst_caps_unref);
GLIB_COUNTED(GstEvent, gst_event_ref, gst_event_unref);
GLIB_COUNTED(GstBuffer, gst_buffer_ref, gst_buffer_unref);
GLIB_COUNTED(GstBufferList, gst_buffer_list_ref, gst_buffer_list_unref);
GLIB_COUNTED(GstMessage, gst_message_ref, gst_message_unref);
GLIB_COUNTED(GstPromise, gst_promise_ref, gst_promise_unref);
GLIB_FREE(GstStructure, gst_structure_free);
GLIB_FREE(GstSDPMessage, gst_sdp_message_free);
GLIB_FREE(GstWebRTCSessionDescription, gst_webrtc_session_description_free);
