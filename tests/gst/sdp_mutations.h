/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

/* Spoils a session description in ways that a broken or hostile peer could. */
namespace texts {

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::string mutate(const std::string& text) {
    lines_.clear();
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find("\r\n", at), text.size());
      lines_.push_back(text.substr(at, end - at));
      at = end + 2;
    }
    for (std::size_t i = 0, count = 1 + below(3); i < count && !lines_.empty(); ++i) mutate_once();
    std::string result;
    for (const std::string& line : lines_) result += line + "\r\n";
    return result;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::size_t any_line() { return below(lines_.size()); }

  void mutate_once() {
    const std::size_t at = any_line();
    switch (below(9)) {
      case 0:
        lines_.erase(lines_.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      case 1:
        lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(any_line()),
                      std::string(lines_[at]));
        break;
      case 2:
        std::swap(lines_[at], lines_[any_line()]);
        break;
      case 3:
        if (!lines_[at].empty())
          lines_[at][below(lines_[at].size())] = static_cast<char>(1 + below(255));
        break;
      case 4:
        lines_[at].resize(below(lines_[at].size() + 1));
        break;
      case 5:
        insert_hostile(at);
        break;
      case 6:
        swap_sections();
        break;
      case 7:
        change_number(lines_[at]);
        break;
      case 8:
        swap_mids();
        break;
    }
  }

  void insert_hostile(std::size_t at) {
    static const std::vector<std::string> hostile = {
        "a=mid:0",
        "a=mid:1",
        "a=mid:",
        "a=mid:line0",
        "a=bundle-only",
        "a=inactive",
        "a=sendonly",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "m=audio 0 UDP/TLS/RTP/SAVPF 111",
        "m=text 9 RTP/AVP 98",
        "m=video 99999999999 X",
        "m=application 9 UDP/DTLS/SCTP x",
        "a=rtpmap:96 VP8/0",
        "a=rtpmap:96 OPUS/48000",
        "a=rtpmap:300 VP8/90000",
        "a=rtpmap:96",
        "a=fmtp:96 payload=x;media=y;clock-rate=0;encoding-name=z",
        "a=fmtp:97 apt=97",
        "a=fmtp:96 =;;;=x",
        "a=rtcp-fb:*",
        "a=rtcp-fb:96 nack nack nack",
        "a=extmap:0 x",
        "a=extmap:3 ",
        "a=ssrc:0 cname:x",
        "a=ssrc:4294967295 msid:",
        "a=ssrc-group:FID 1",
        "a=ssrc-group:FID 1000 1000",
        "a=ssrc:1000 cname:x",
        "a=group:BUNDLE",
        "a=group:BUNDLE 1 0",
        "a=group:BUNDLE x y z",
        "a=setup:passive",
        "a=setup:holdconn",
        "a=ice-ufrag:",
        "a=ice-lite",
        "a=fingerprint:sha-256 ZZ",
        "a=fingerprint:md5 AA",
        "a=candidate:",
        "a=candidate:1 1 udp",
        "a=rid:h send",
        "a=simulcast:send h;m;l",
        "a=msid:- -",
        "a=sctp-port:0",
        "a=rtcp-mux-only",
        "a=max-message-size:-1",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x",
        "k=prompt",
        "b=AS:0",
        "b=AS",
        "c=IN IP6",
        "r=1 2",
        "z=1 2 3",
        "t=",
        "v=0"};
    lines_.insert(lines_.begin() + static_cast<std::ptrdiff_t>(at), hostile[below(hostile.size())]);
  }

  std::vector<std::size_t> section_starts() const {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < lines_.size(); ++i)
      if (lines_[i].starts_with("m=")) starts.push_back(i);
    return starts;
  }

  void swap_sections() {
    std::vector<std::size_t> starts = section_starts();
    if (starts.size() < 2) return;
    starts.push_back(lines_.size());
    const std::size_t first = below(starts.size() - 2);
    const auto at = [&](std::size_t i) {
      return lines_.begin() + static_cast<std::ptrdiff_t>(starts[i]);
    };
    std::rotate(at(first), at(first + 1), at(first + 2));
  }

  void swap_mids() {
    std::vector<std::size_t> mids;
    for (std::size_t i = 0; i < lines_.size(); ++i)
      if (lines_[i].starts_with("a=mid:")) mids.push_back(i);
    if (mids.size() < 2) return;
    std::swap(lines_[mids[below(mids.size())]], lines_[mids[below(mids.size())]]);
  }

  void change_number(std::string& line) {
    static const std::vector<std::string> numbers = {
        "0", "1", "63", "127", "128", "65536", "-1", "4294967296", "99999999999999999999"};
    const std::size_t begin = line.find_first_of("0123456789");
    if (begin == std::string::npos) return;
    const std::size_t end = std::min(line.find_first_not_of("0123456789", begin), line.size());
    line.replace(begin, end - begin, numbers[below(numbers.size())]);
  }

  std::mt19937 random_;
  std::vector<std::string> lines_;
};

}  // namespace texts
