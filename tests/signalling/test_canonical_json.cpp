/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/crypto/canonical_json.h"

#include "tests/signalling/equal.h"

using matrix::canonical_json;
using matrix::Json;

namespace {

std::string canonical(const char* text) {
  const auto json = Json::parse(text);
  g_assert_true(json.ok());
  return canonical_json(*json).value_or("none");
}

/* The examples of the specification's appendix. */
void writes_the_examples_of_the_specification() {
  fake::equal(canonical("{}"), "{}");
  fake::equal(canonical(R"({"one": 1, "two": "Two"})"), R"({"one":1,"two":"Two"})");
  fake::equal(canonical(R"({"b": "2", "a": "1"})"), R"({"a":"1","b":"2"})");
  fake::equal(canonical(R"({"auth": {"success": true, "mxid": "@john.doe:example.com",
                  "profile": {"display_name": "John Doe", "three_pids": [
                    {"medium": "email", "address": "john.doe@example.org"},
                    {"medium": "msisdn", "address": "123456789"}]}}})"),
              R"({"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe",)"
              R"("three_pids":[{"address":"john.doe@example.org","medium":"email"},)"
              R"({"address":"123456789","medium":"msisdn"}]},"success":true}})");
  fake::equal(canonical("{\"a\": \"日本語\"}"), "{\"a\":\"日本語\"}");
  fake::equal(canonical("{\"本\": 2, \"日\": 1}"), "{\"日\":1,\"本\":2}");
  fake::equal(canonical(R"({"a": "\u65E5"})"), "{\"a\":\"日\"}");
  fake::equal(canonical(R"({"a": null})"), R"({"a":null})");
  fake::equal(canonical(R"({"a": -0, "b": 1e10})"), R"({"a":0,"b":10000000000})");
}

void escapes_only_what_it_must() {
  fake::equal(canonical(R"(["\"\\\/\b\f\n\r\t\u0001\u001f\u007f"])"),
              "[\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"]");
  fake::equal(canonical(R"({"\n": []})"), R"({"\n":[]})");
}

void refuses_numbers_that_are_no_integers() {
  fake::equal(canonical(R"({"a": 1.5})"), "none");
  fake::equal(canonical(R"([[9007199254740993]])"), "none");
  fake::equal(canonical(R"([-9007199254740992])"), "none");
  fake::equal(canonical(R"([1e300])"), "none");
  fake::equal(canonical(R"([9007199254740991])"), "[9007199254740991]");
  g_assert_false(canonical_json(Json()).has_value());
}

void leaves_members_out() {
  const auto json = Json::parse(R"({"a": 1, "signatures": {}, "unsigned": {}})");
  const auto rest = matrix::without(*json, {"signatures", "unsigned"});
  fake::equal(rest.text(), R"({"a":1})");
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
  g_test_add_func("/canonical_json/examples", writes_the_examples_of_the_specification);
  g_test_add_func("/canonical_json/escapes", escapes_only_what_it_must);
  g_test_add_func("/canonical_json/numbers", refuses_numbers_that_are_no_integers);
  g_test_add_func("/canonical_json/without", leaves_members_out);
  return g_test_run();
}
