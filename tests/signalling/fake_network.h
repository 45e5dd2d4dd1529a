/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "signalling/core/call.h"
#include "tests/signalling/virtual_time.h"

namespace world {

/* One connection of one run of one client. */
struct EndId {
  int client = 0;
  int run = 0;
  rtc::PeerId peer = 0;
  auto operator<=>(const EndId&) const = default;
};

/* Peer connections without media: two ends connect if each has applied the description
 * that the other one made last, and at least one knows a candidate of the other. Descriptions
 * have sections, which carry tracks: a later offer takes effect with its answer only, and is
 * forgotten when a remote offer comes before. */
class FakeNetwork {
 public:
  using Input = std::function<matrix::Effects(matrix::Call&, Time)>;
  struct Faults {
    double refused = 0;  /* of a description */
    double no_route = 0; /* of two ends */
    double lost = 0;     /* of a connection, some time after it was made */
  };
  /* @deliver hands an input to the client that an end belongs to. @violation: somebody
   * asked for what makes no sense. */
  FakeNetwork(VirtualTime& time, Dice& dice, std::function<void(EndId, Input)> deliver,
              std::function<void(std::string)> violation);

  Faults faults;

  void open(EndId id, const std::string& stream_id);
  void close(EndId id);
  void crash(int client);
  void set_local_tracks(EndId id, std::vector<rtc::LocalTrack> tracks);
  void create_offer(EndId id, const rtc::OfferOptions& options);
  void apply_remote(EndId id, const rtc::SessionDescription& description);
  void add_candidate(EndId id, const rtc::IceCandidate& candidate);

  /* The clients that @client has an open or a connected end with; several times if so. */
  std::multiset<int> connected_to(int client) const;
  std::set<rtc::PeerId> peers(int client) const; /* open ones */
  /* Whose end made the description that @sdp holds, dead or alive. */
  std::optional<EndId> author(const std::string& sdp) const;
  unsigned glares() const { return glares_; }

 private:
  struct Section {
    rtc::MediaKind kind = rtc::MediaKind::Audio;
    std::optional<rtc::TrackSource> source; /* of ours, for ever */
    std::string stream_id;
  };
  using Sections = std::vector<Section>;
  struct End {
    std::vector<rtc::LocalTrack> tracks;
    Sections sections; /* of the descriptions in force */
    std::optional<Sections> offered;
    rtc::OfferOptions options;
    bool creating = false; /* an offer */
    bool refused = false;  /* a description, and so does nothing more */
    std::string stream_id;
    std::string local;  /* name of the description made last */
    std::string remote; /* of the one applied last */
    bool knows_candidate = false;
    bool connecting = false;
    bool connected = false;
    std::optional<EndId> other;
  };

  void describe(EndId id, rtc::SessionDescription::Type type);
  static void place_tracks(const std::vector<rtc::LocalTrack>& tracks, Sections& sections,
                           bool may_add);
  std::string describe_sections(const End& end, const Sections& sections) const;
  void take_offer(End& end, const std::string& sdp);
  void gather(EndId id, const std::string& name, bool in_description);
  void match(EndId id);
  void connect(EndId one, EndId two);
  void fail(EndId id, rtc::PeerFailure failure, const std::string& message);
  void leave_alone(const End& gone);
  void expire(EndId id);
  End* find(EndId id);

  VirtualTime& time_;
  Dice& dice_;
  std::function<void(EndId, Input)> deliver_;
  std::function<void(std::string)> violation_;
  std::map<EndId, End> ends_; /* open ones */
  std::map<std::string, EndId> authors_;
  std::map<std::string, std::string> answers_; /* the offer that an answer is for */
  int descriptions_ = 0;
  unsigned glares_ = 0;
};

}  // namespace world
