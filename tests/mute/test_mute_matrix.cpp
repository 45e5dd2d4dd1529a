/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/long_run.h"
#include "tests/mute/cell.h"
#include "tests/mute/document.h"

/* Last: it defines words that others use. */
#include <gst/check/gstcheck.h>

/* Each value of muted-output, with each kind of what may be downstream, in each kind of mute. A
 * part of them by default, all with LONG. With MUTED_OUTPUT set to a file name, what was found is
 * written there as the tables of the documentation. */
namespace {

using media::MutedOutput;

struct Named {
  MutedOutput output;
  const char* name;
};
constexpr std::array<Named, 4> outputs{{{MutedOutput::Fill, "fill"},
                                        {MutedOutput::Gap, "gap"},
                                        {MutedOutput::Freeze, "freeze"},
                                        {MutedOutput::None, "none"}}};

/* splitmuxsink (1.22), which is in hlssink2 too, can go round for ever with GAP events; oggmux
 * then has a critical warning of its own. */
bool is_possible(const test::Consumer& consumer, const test::Scenario& scenario,
                 MutedOutput output) {
  const std::string_view scene = scenario.name;
  const std::string_view name = consumer.name;
  const bool is_broken = name == "splitmuxsink" || name == "hlssink2" || name == "oggmux";
  return (consumer.video || scene != "never any video") &&
         (consumer.audio || scene != "never any sound") &&
         (output != MutedOutput::Gap || !is_broken);
}

/* Of each consumer two scenarios filled, of the first one all, and another value of muted-output in
 * the middle: every consumer, value and scenario is among them. */
bool is_chosen(size_t consumer, size_t output, size_t scenario) {
  if (test::is_long_run()) return true;
  const size_t all = test::scenarios().size();
  if (output == 0)
    return consumer == 0 || scenario == consumer % all || scenario == (consumer + 3) % all;
  return scenario == 1 && output == 1 + (consumer + 1) % 3;
}

std::string read_file(const char* name) {
  std::ostringstream text;
  text << std::ifstream(name).rdbuf();
  return text.str();
}

/* Adds to what is in the file: each test may run in a process of its own. */
void write_down(const char* file, const test::Place& place, const std::string& words) {
  auto results = test::read_tables(read_file(file));
  results[place] = words;
  std::ofstream(file) << test::write_tables(results);
}

std::string run(const test::Consumer& consumer, const Named& output,
                const test::Scenario& scenario) {
  std::string details;
  const auto outcome = test::run_cell(consumer, output.output, scenario);
  std::string words = test::judge(outcome, consumer, scenario, details);
  g_print("# %s, %s, %s: %s\n%s", consumer.name, scenario.name, output.name, words.c_str(),
          details.c_str());
  return words;
}

/* Nothing waits, is missing, late or out of step. */
bool is_whole(std::string_view words) {
  return words == "whole" || words == "whole, black";
}

void check(const test::Consumer& consumer, const Named& output, const test::Scenario& scenario,
           const test::Results& documented) {
  const auto words = run(consumer, output, scenario);
  const test::Place place{consumer.name, scenario.name, output.name};
  if (const char* file = g_getenv("MUTED_OUTPUT")) return write_down(file, place, words);
  fail_unless(output.output != MutedOutput::Fill || is_whole(words), "%s, %s: %s", consumer.name,
              scenario.name, words.c_str());
  const auto said = documented.find(place);
  fail_unless(said != documented.end(), "the documentation does not know %s, %s, %s", consumer.name,
              scenario.name, output.name);
  assert_equals_string(words.c_str(), said->second.c_str());
}

GST_START_TEST(what_is_downstream_fares_as_documented) {
  const auto number = static_cast<size_t>(__i__);
  const auto& consumer = test::consumers()[number];
  const auto documented = test::read_tables(read_file(MUTED_OUTPUT_DOCUMENT));
  for (size_t output = 0; output < outputs.size(); output++)
    for (size_t i = 0; i < test::scenarios().size(); i++)
      if (is_possible(consumer, test::scenarios()[i], outputs.at(output).output) &&
          is_chosen(number, output, i))
        check(consumer, outputs.at(output), test::scenarios()[i], documented);
}
GST_END_TEST;

GST_START_TEST(the_documentation_has_the_tables_as_they_are_written) {
  if (g_getenv("MUTED_OUTPUT")) return;
  const std::string document = read_file(MUTED_OUTPUT_DOCUMENT);
  const std::string tables = test::write_tables(test::read_tables(document));
  fail_unless(document.ends_with(tables), "should be:\n%s", tables.c_str());
}
GST_END_TEST;

Suite* mute_matrix_suite() {
  Suite* suite = suite_create("mute_matrix");
  TCase* matrix = tcase_create("matrix");
  tcase_set_timeout(matrix, 600);
  suite_add_tcase(suite, matrix);
  tcase_add_loop_test(matrix, what_is_downstream_fares_as_documented, 0,
                      static_cast<int>(test::consumers().size()));
  tcase_add_test(matrix, the_documentation_has_the_tables_as_they_are_written);
  return suite;
}

}  // namespace

GST_CHECK_MAIN(mute_matrix)
