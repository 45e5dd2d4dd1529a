/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "signalling/core/json.h"

using matrix::Json;
using matrix::JsonObjectBuilder;

namespace {

void reads_what_is_there_and_only_that() {
  const auto json =
      Json::parse(R"({"s":"x","i":5,"d":5.0,"h":5.5,"b":true,"n":null,"o":{"k":[1,2]}})");
  g_assert_true(json.ok());
  g_assert_true(json->string_at("s") == "x");
  g_assert_true(json->integer_at("i") == 5);
  g_assert_true(json->integer_at("d") == 5);
  g_assert_false(json->integer_at("h").has_value());
  g_assert_false(json->integer_at("s").has_value());
  g_assert_false(json->string_at("missing").has_value());
  g_assert_true((*json)["o"]["k"].elements().size() == 2);
  g_assert_true((*json)["s"]["k"].elements().empty());
  g_assert_true((*json)["b"].truthy());
  g_assert_false((*json)["n"].truthy());
  g_assert_true((*json)["o"].truthy());
}

void refuses_what_is_no_json() {
  g_assert_false(Json::parse("").ok());
  g_assert_false(Json::parse("{").ok());
  g_assert_false(Json::parse("{\"a\":\"\xff\"}").ok());
  g_assert_true(Json::parse("[]").ok());
  g_assert_false(Json::parse(std::string(100000, '[') + std::string(100000, ']')).ok());
  g_assert_true(Json::parse("\"" + std::string(1000, '[') + "\"").ok());
}

void builds_from_another_object() {
  const auto base = Json::parse(R"({"a":1,"b":2})");
  const Json built = JsonObjectBuilder(*base).set("b", "two").set("c", true).build();
  g_assert_true(built == *Json::parse(R"({"c":true,"b":"two","a":1})"));
  g_assert_false(built == *base);
  const std::string text = matrix::json_array({built}).text();
  g_assert_cmpstr(text.c_str(), ==, R"([{"a":1,"b":"two","c":true}])");
}

}  // namespace

int main(int argc, char** argv) {
  g_test_init(&argc, &argv, nullptr);
#define TEST(name) g_test_add_func("/json/" #name, name)
  TEST(reads_what_is_there_and_only_that);
  TEST(refuses_what_is_no_json);
  TEST(builds_from_another_object);
  return g_test_run();
}
