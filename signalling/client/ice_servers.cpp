/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/client/ice_servers.h"

#include "signalling/base/log.h"

namespace matrix {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds patience{1000};
constexpr milliseconds retry_wait{30000};

}  // namespace

IceServers::IceServers(rtc::Loop& loop, MatrixClient& client,
                       std::vector<rtc::IceServer> configured, std::function<void()> settled)
    : loop_(loop), client_(client), current_(std::move(configured)), settled_(std::move(settled)) {}

void IceServers::start() {
  const bool configured = !current_.empty();
  patience_ = loop_.after(configured ? milliseconds(0) : patience, [this] { settle(); });
  if (!configured) ask();
}

void IceServers::ask() {
  request_ = client_.turn_servers(
      [this](const HttpReply& reply, const TurnServers& turn) { answered(reply, turn); });
}

void IceServers::answered(const HttpReply& reply, const TurnServers& turn) {
  if (reply.ok()) {
    LOG_INFO(Client, "%s: the homeserver lends %zu TURN servers", client_.who().c_str(),
             turn.servers.size());
    current_ = turn.servers;
    if (!current_.empty())
      renewal_ = loop_.after(milliseconds(turn.ttl) * 9 / 10, [this] { ask(); });
  } else if (reply.may_retry()) {
    LOG_WARNING(Client, "%s: no TURN servers for now: %s", client_.who().c_str(),
                reply.error->detail.c_str());
    renewal_ = loop_.after(std::max(reply.retry_after.value_or(retry_wait), retry_wait),
                           [this] { ask(); });
  }
  settle();
}

void IceServers::settle() {
  patience_ = {};
  if (const auto settled = std::exchange(settled_, nullptr)) settled();
}

}  // namespace matrix
