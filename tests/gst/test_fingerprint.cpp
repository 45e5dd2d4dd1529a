/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ostream>

#include <gst/check/gstcheck.h>

#include "gst/fingerprint.h"

namespace {

/* The hashes below are what `openssl x509 -fingerprint` says of it. */
const std::string pem = R"(-----BEGIN CERTIFICATE-----
MIIBdDCCARmgAwIBAgIUL9+QZUfVq+NhMnSEJ7cScN6Jqy8wCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjUwNTAxNDdaFw0zNjExMjIwNTAxNDda
MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASuGKjj
p7+owhVIfttku474Tft0qtLnan+weTJc1Id5pNhQ+hVzI1O2ZoYBy7neUVQS7xdg
qgTnJO01Xja2BP/jo1MwUTAdBgNVHQ4EFgQUM2gbKuH6xE92rQHpmU5ja3Cg7vMw
HwYDVR0jBBgwFoAUM2gbKuH6xE92rQHpmU5ja3Cg7vMwDwYDVR0TAQH/BAUwAwEB
/zAKBggqhkjOPQQDAgNJADBGAiEA7DZv8KPCeygcvjNO6EMoWyDnGVffsG8p2ITw
ahodDBQCIQCW8WqZNPg92QYUlHD77D5V+3dz0wzJFw/eru4AcsX+FQ==
-----END CERTIFICATE-----
)";

GST_START_TEST(hashes_a_certificate_as_openssl_does) {
  const auto sha1 = media::fingerprint_of_pem(pem, "sha-1");
  fail_unless(sha1.has_value());
  fail_unless_equals_string(sha1->algorithm.c_str(), "sha-1");
  fail_unless_equals_string(sha1->value.c_str(),
                            "74:FD:57:1F:EB:FC:59:3A:02:67:EC:E8:B8:54:4C:57:54:8F:4A:93");
  fail_unless(media::fingerprint_of_pem("Bag\n" + pem + pem, "sha-256")->value ==
              "E4:FE:F5:C3:A6:88:84:C3:92:BB:2F:36:67:94:19:74:F8:AD:8A:23:"
              "D1:BC:AC:32:86:AF:94:5B:0C:81:2F:CE");
  fail_unless(media::fingerprint_of_pem(pem, "sha-384")->value.size() == 48 * 3 - 1);
  fail_unless(media::fingerprint_of_pem(pem, "sha-512")->value.size() == 64 * 3 - 1);
}
GST_END_TEST

GST_START_TEST(hashes_nothing_that_is_no_certificate) {
  fail_if(media::fingerprint_of_pem("", "sha-256").has_value());
  fail_if(media::fingerprint_of_pem(pem, "md5").has_value());
  fail_if(media::fingerprint_of_pem(pem.substr(0, pem.size() / 2), "sha-256").has_value());
  fail_if(
      media::fingerprint_of_pem("-----BEGIN CERTIFICATE----------END CERTIFICATE-----", "sha-256")
          .has_value());
}
GST_END_TEST

GST_START_TEST(reads_a_fingerprint_in_any_case) {
  const std::string value = "ab:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01";
  const auto parsed = media::parse_fingerprint("SHA-1 " + value);
  fail_unless(parsed.has_value());
  fail_unless_equals_string(parsed->algorithm.c_str(), "sha-1");
  fail_unless(parsed->value.starts_with("AB:CD"));
  fail_unless(media::strength_of("sha-256") > media::strength_of("sha-1"));
}
GST_END_TEST

GST_START_TEST(refuses_a_fingerprint_that_no_certificate_can_have) {
  for (const char* text : {"", "sha-256", "sha-256 ", "sha-256 ZZ", "sha-1 AB:CD", "md5 AB",
                           "sha-1 AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF-01",
                           "sha-1 AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:0"})
    fail_if(media::parse_fingerprint(text).has_value(), "%s", text);
}
GST_END_TEST

Suite* fingerprint_suite() {
  Suite* suite = suite_create("fingerprint");
  TCase* chain = tcase_create("all");
  suite_add_tcase(suite, chain);
  tcase_add_test(chain, hashes_a_certificate_as_openssl_does);
  tcase_add_test(chain, hashes_nothing_that_is_no_certificate);
  tcase_add_test(chain, reads_a_fingerprint_in_any_case);
  tcase_add_test(chain, refuses_a_fingerprint_that_no_certificate_can_have);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(fingerprint);
