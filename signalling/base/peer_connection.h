/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/* The WebRTC connection as the signalling sees it: W3C's RTCPeerConnection less
 * what a call does not steer. gst/ puts it on webrtcbin; tests fake it. */
namespace rtc {

struct SessionDescription {
  enum class Type { Offer, Answer };
  Type type = Type::Offer;
  std::string sdp;
  bool operator==(const SessionDescription&) const = default;
};

/* An empty @candidate says that there are no more. @mid may be empty and @mline
 * negative where the sender left one out; one of them is there. */
struct IceCandidate {
  std::string candidate; /* "candidate:..." without "a=" */
  std::string mid;
  int mline = -1;
  bool operator==(const IceCandidate&) const = default;
};

/* A STUN or TURN server in the form of RFC 7064/7065 ("turn:host:3478?transport=udp"). */
struct IceServer {
  std::string uri;
  std::string username;
  std::string password;
  bool operator==(const IceServer&) const = default;
};

enum class MediaKind { Audio, Video };

/* A media section of the remote description that was applied last. */
struct RemoteTrack {
  std::string mid; /* names the section for the life of the connection */
  MediaKind kind = MediaKind::Audio;
  std::string stream_id; /* of a=msid (RFC 8830); empty if it names none */
  bool sending = false;  /* its direction lets the peer send */
  bool operator==(const RemoteTrack&) const = default;
};

/* What we may send, one track of each at most. */
enum class TrackSource { Microphone, Camera, Screen, ScreenAudio };

/* A track of ours. @stream_id is what its section names in a=msid, in [0-9A-Za-z-]; a source
 * keeps it for the life of the connection. */
struct LocalTrack {
  TrackSource source = TrackSource::Microphone;
  std::string stream_id;
  bool operator==(const LocalTrack&) const = default;
};

/* How many sections of each kind an offer has at least, beside and including those of our
 * tracks. All let the peer send what we receive. */
struct OfferOptions {
  unsigned audio_sections = 1;
  unsigned video_sections = 1;
  bool operator==(const OfferOptions&) const = default;
};

/* What the peer may send us: sections of other kinds say that we receive nothing in them. */
struct ReceivedKinds {
  bool audio = true;
  bool video = true;
  bool operator==(const ReceivedKinds&) const = default;
};

struct PeerOptions {
  std::vector<IceServer> ice_servers;
  bool relay_only = false;
  /* Id of the stream that the first audio section of our offers names while it sends
   * nothing, in [0-9A-Za-z-]: clients end a leg that has no stream. It is the microphone's
   * and the camera's. */
  std::string stream_id;
  ReceivedKinds receives{};
  bool operator==(const PeerOptions&) const = default;
};

/* Connected: DTLS is up and its certificate is the one that the description promised. */
enum class PeerState { New, Connecting, Connected, Disconnected };

enum class PeerFailure {
  Description, /* a description was refused: malformed, hostile, nothing in common */
  Fingerprint, /* the peer cannot prove who it is */
  IceRestart,  /* the peer asked for new ICE credentials, which we answer with a new call */
  Ice,         /* no connection, or it was lost */
  Dead,        /* no packet for too long */
  Internal,
};

using PeerId = std::uint64_t;

/* Destroying it closes it. Loop only. */
class PeerConnection {
 public:
  /* Called on the loop only, never inside a call to the connection, and not after
   * its destruction. After on_peer_failed() nothing more comes. */
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_local_description(PeerId peer, SessionDescription description) = 0;
    /* Those gathered after the description was handed out. */
    virtual void on_local_candidate(PeerId peer, IceCandidate candidate) = 0;
    /* A remote description was applied; all its sections, in order. */
    virtual void on_remote_tracks(PeerId peer, std::vector<RemoteTrack> tracks) = 0;
    virtual void on_peer_state(PeerId peer, PeerState state) = 0;
    virtual void on_peer_failed(PeerId peer, PeerFailure failure, std::string message) = 0;
  };

  virtual ~PeerConnection() = default;
  /* What we send from the next description of ours on, be it an offer or an answer; nothing
   * at first. Comes right before create_offer() or a remote offer (also one that takes the place
   * of ours). A source that is left out keeps its section, which stops sending, and goes on
   * with it when it comes back. An answer takes as many of the tracks as the offer has
   * sections for. Calls are carried out in the order of their coming. */
  virtual void set_local_tracks(const std::vector<LocalTrack>& tracks) = 0;
  /* on_local_description() brings it. The first is set locally at once. A later one is set
   * when its answer is applied: until then a remote offer takes its place, as if ours had
   * never been made (the rollback of W3C's perfect negotiation); if it has not been handed out
   * by then, it is not any more. Not while another offer of ours waits for its answer. */
  virtual void create_offer(const OfferOptions& options) = 0;
  /* A remote offer, first or later, is answered: on_local_description() brings the answer.
   * An answer belongs to the offer that was handed out last. */
  virtual void set_remote_description(const SessionDescription& description) = 0;
  /* Any time: kept until the remote description is there. */
  virtual void add_remote_candidate(const IceCandidate& candidate) = 0;
};

/* Makes connections; outlives them. Loop only. */
class PeerConnectionFactory {
 public:
  virtual ~PeerConnectionFactory() = default;
  /* @observer is borrowed until the connection is destroyed. */
  virtual std::unique_ptr<PeerConnection> create_peer(PeerId id, PeerOptions options,
                                                      PeerConnection::Observer& observer) = 0;
};

}  // namespace rtc
