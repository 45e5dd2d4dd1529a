/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gst/sdp.h"

/* What is done to the descriptions that webrtcbin makes. Pure. */
namespace media {

/* A section as the peer is to read it. */
struct SectionForPeer {
  std::string mid;
  bool accepted = true; /* otherwise port 0 and out of the bundle */
  SdpDirection direction;
  std::string msid; /* of a=msid; of a section that sends */
  /* Of the answer to a section that is rejected: the offer's. "": webrtcbin's. */
  std::string media;
  std::string protocol;
  std::string format;
  /* Of what it sends, or sent before; 0: nothing ever. Once said it stays: what comes again by an
   * SSRC that was gone meanwhile is not shown by browsers (libwebrtc). */
  std::uint32_t ssrc = 0;
};

/* The DTLS role that all sections name; "" if there is none. */
std::string setup_of(const GstSDPMessage& message);
void set_setup(GstSDPMessage& message, const std::string& setup);

/* webrtcbin's answers have the offer's o= line. */
void set_origin(GstSDPMessage& message, unsigned id, unsigned version);

/* webrtcbin copies the offer's section, with the peer's fingerprint, where it rejects one,
 * and then refuses its own text. */
void clean_rejected(GstSDPMessage& message);

/* 1.26 makes later answers of the caps of pads that have received, and so puts in attributes of the
 * peer's: its ICE credentials and fingerprint beside ours, feedback for payload types that are not
 * answered. Leaves our own. */
void remove_echoes(GstSDPMessage& message);

/* @sections: one for each section of @message. @first of the bundle is the section whose
 * transport it names; nothing: no bundle. */
void write_for_peer(GstSDPMessage& message, const std::vector<SectionForPeer>& sections,
                    std::optional<unsigned> first);

}  // namespace media
