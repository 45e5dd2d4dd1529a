/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gst/fingerprint.h"
#include "gst/gst_ptr.h"
#include "gst/sdp_section.h"
#include "signalling/base/peer_connection.h"
#include "signalling/base/result.h"

namespace media {

/* A section of the last remote offer, for the transceiver that webrtcbin has or makes for it. */
struct OfferedSection {
  unsigned mline = 0;
  std::string mid;                             /* the peer's */
  rtc::MediaKind kind = rtc::MediaKind::Audio; /* of the transceiver */
  /* Whether our answer accepts it. If not (nothing in common, stopped, not bundled) webrtcbin
   * accepts it all the same, and only the text that is sent tells the truth. */
  bool accepted = false;
  glib::Ref<GstCaps> caps; /* codec-preferences */
  bool is_new = false;     /* no transceiver of webrtcbin's belongs to it yet */
  bool receives = false;   /* the peer takes media of ours in it */
  std::vector<SdpFormat> formats;
  unsigned transport_cc_id = 0;
  std::uint32_t ssrc = 0; /* of what we send in it; 0: nothing yet */
};

/* A section in which a sink pad of webrtcbin sends, as both sides agreed last. */
struct SentSection {
  std::uint32_t ssrc = 0;
  bool active = false; /* we say that we send, and the peer that it receives */
  std::vector<SdpFormat> formats;
  unsigned transport_cc_id = 0;
};

/* Stands between a peer's session descriptions and one webrtcbin, which knows neither
 * direction changes nor recycled or rejected sections nor DTLS roles, and aborts the
 * process on some descriptions. It refuses what is malformed or hostile, shows webrtcbin
 * one mid per section for ever, and tells the peer what is really meant.
 *
 * The order for a remote offer: set_remote(), [webrtcbin set-remote], [webrtcbin
 * create-answer], set_local(). For our offer: [create-offer], set_local(), later
 * set_remote() with the answer. A description that is refused changes nothing.
 *
 * Works for GStreamer 1.22 and 1.26. Pure: text in, text out. Not thread-safe. */
class SdpTranslator {
 public:
  /* See rtc::PeerOptions. */
  explicit SdpTranslator(std::string stream_id, rtc::ReceivedKinds receives = {});
  ~SdpTranslator();

  /* What webrtcbin is to be given for the peer's @description. Errors: malformed, no
   * fingerprint, mids missing, duplicate or moved, sections gone or changed in kind, an
   * answer to no offer, another fingerprint than before, new ICE credentials (is_ice_restart()
   * tells beforehand), more than 32 sections, more than 256 KiB. */
  rtc::Result<std::string> set_remote(const rtc::SessionDescription& description);
  /* Whether @description carries other ICE credentials than the last remote one. */
  bool is_ice_restart(const rtc::SessionDescription& description) const;

  /* What each of our SSRCs sends from the next description of ours on: the id of its stream, ""
   * for nothing. An SSRC is never taken back. */
  void set_sources(std::map<std::uint32_t, std::string> streams);
  std::vector<SentSection> sent_sections() const;

  struct Local {
    std::string for_webrtcbin; /* to be set locally */
    std::string for_peer;      /* to be sent */
  };
  /* @text: what webrtcbin's create-offer or create-answer gave. */
  rtc::Result<Local> set_local(rtc::SessionDescription::Type type, const std::string& text);
  /* @sdp, a text that is sent, with @candidates and, if @complete, a=end-of-candidates. */
  static std::string with_candidates(const std::string& sdp,
                                     const std::vector<rtc::IceCandidate>& candidates,
                                     bool complete);

  /* The audio and video sections of the last remote description, in order, as the peer means
   * them; a section that we have to reject does not send. */
  const std::vector<rtc::RemoteTrack>& remote_tracks() const;
  /* The audio and video sections of the last remote offer, in order. 1.22 makes transceivers
   * within create-answer (on-new-transceiver), 1.26 within set-remote: the caps go on then,
   * before create-answer if they can, and after it. */
  std::vector<OfferedSection> offered_sections() const;
  /* The one that the peer's DTLS certificate must match. */
  const std::optional<Fingerprint>& remote_fingerprint() const;

  /* The peer's mid of the section at @mline, "" if there is none. */
  std::string mid_at(unsigned mline) const;
  /* A section of data channels was accepted. */
  bool has_data() const;
  std::optional<unsigned> mline_of(const std::string& mid) const;
  /* The section that declares @ssrc in the last remote description. */
  std::optional<std::string> mid_of_ssrc(std::uint32_t ssrc) const;
  /* For a peer that declares none (RFC 8843 has no need of it): the section that takes @payload
   * as the peer sends it, the one at @mline if it does. */
  std::optional<std::string> mid_of_payload(unsigned payload, unsigned mline) const;
  /* The codec of the section after the last answer of either side: its first media codec
   * (never rtx, red, ulpfec, telephone-event), upper case ("VP8", "OPUS"). */
  std::string codec_of(const std::string& mid) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace media
