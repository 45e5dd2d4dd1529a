/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/olm_session.h"

#include <glib.h>

namespace matrix {
namespace {

void must(size_t result) {
  g_assert(result != olm_error());
}

}  // namespace

void OlmSession::Wipe::operator()(::OlmSession* session) const {
  olm_clear_session(session);
  g_free(session);
}

OlmSession::OlmSession() : session_(olm_session(g_malloc(olm_session_size()))) {}

std::optional<OlmSession> OlmSession::outbound(const Account& account, const std::string& their_key,
                                               const std::string& one_time_key,
                                               const Entropy& entropy) {
  OlmSession session;
  auto random = Secret::random(olm_create_outbound_session_random_length(session.raw()), entropy);
  if (olm_create_outbound_session(session.raw(), account.raw(), their_key.data(), their_key.size(),
                                  one_time_key.data(), one_time_key.size(), random.data(),
                                  random.size()) == olm_error())
    return std::nullopt;
  session.read_id();
  return session;
}

/* libolm decodes a message where it lies, so each call gets a copy. */
std::optional<OlmSession> OlmSession::inbound(const Account& account, const std::string& their_key,
                                              const OlmMessage& message) {
  OlmSession session;
  std::string body = message.body;
  if (olm_create_inbound_session_from(session.raw(), account.raw(), their_key.data(),
                                      their_key.size(), body.data(), body.size()) == olm_error())
    return std::nullopt;
  session.read_id();
  return session;
}

std::optional<OlmSession> OlmSession::unpickle(const Secret& key, std::string pickle) {
  OlmSession session;
  if (olm_unpickle_session(session.raw(), key.data(), key.size(), pickle.data(), pickle.size()) ==
      olm_error())
    return std::nullopt;
  session.read_id();
  return session;
}

void OlmSession::read_id() {
  id_.resize(olm_session_id_length(raw()));
  must(olm_session_id(raw(), id_.data(), id_.size()));
}

std::string OlmSession::pickle(const Secret& key) const {
  std::string text(olm_pickle_session_length(raw()), '\0');
  must(olm_pickle_session(raw(), key.data(), key.size(), text.data(), text.size()));
  return text;
}

bool OlmSession::matches(const std::string& their_key, const OlmMessage& message) const {
  std::string body = message.body;
  return olm_matches_inbound_session_from(raw(), their_key.data(), their_key.size(), body.data(),
                                          body.size()) == 1;
}

void OlmSession::use_up(const Account& account) const {
  /* Fails for a fallback key, which stays. */
  olm_remove_one_time_keys(account.raw(), raw());
}

OlmMessage OlmSession::encrypt(std::string_view plaintext, const Entropy& entropy) {
  OlmMessage message;
  message.type = static_cast<int>(olm_encrypt_message_type(raw()));
  auto random = Secret::random(olm_encrypt_random_length(raw()), entropy);
  message.body.resize(olm_encrypt_message_length(raw(), plaintext.size()));
  must(olm_encrypt(raw(), plaintext.data(), plaintext.size(), random.data(), random.size(),
                   message.body.data(), message.body.size()));
  return message;
}

std::optional<Secret> OlmSession::decrypt(const OlmMessage& message) {
  const auto type = static_cast<size_t>(message.type);
  std::string body = message.body;
  const size_t limit = olm_decrypt_max_plaintext_length(raw(), type, body.data(), body.size());
  if (limit == olm_error()) return std::nullopt;
  Secret plaintext(limit);
  body = message.body;
  const size_t size =
      olm_decrypt(raw(), type, body.data(), body.size(), plaintext.data(), plaintext.size());
  if (size == olm_error()) return std::nullopt;
  plaintext.shorten(size);
  return plaintext;
}

}  // namespace matrix
