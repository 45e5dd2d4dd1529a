/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/message_size.h"

#include <glib.h>

using namespace matrix;

namespace {

const std::string sdp(100000, 'x');

/* Each kind of message that can be made large counts as large. */
void counts_what_a_sender_can_fill() {
  const SessionDescription description{SessionDescription::Type::Offer, sdp};
  Invite invite;
  invite.offer = description;
  Answer answer;
  answer.answer = description;
  Negotiate negotiate;
  negotiate.description = description;
  StreamMetadataMap streams;
  for (int i = 0; i < 1000; i++) streams[std::to_string(i)] = {};
  for (const Signal& signal :
       {Signal(invite), Signal(answer), Signal(negotiate), Signal(MetadataChanged{streams}),
        Signal(Candidates{{{sdp, "0", 0}}}), Signal(Hangup{sdp})})
    g_assert_cmpuint(size_of({{}, signal}), >=, 100000);
  for (const Signal& signal : {Signal(SelectAnswer{}), Signal(Reject{})})
    g_assert_cmpuint(size_of({{}, signal}), <, 10000);
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/message_size/" #name, name)
  TEST(counts_what_a_sender_can_fill);
  return g_test_run();
}
