/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/mute/document.h"

#include <array>
#include <sstream>
#include <vector>

#include "tests/mute/cell.h"

namespace test {
namespace {

constexpr std::array<const char*, 4> outputs{"fill", "gap", "freeze", "none"};
constexpr const char* heading_mark = "### ";

std::vector<std::string> fields_of(const std::string& row) {
  std::vector<std::string> fields;
  std::istringstream stream(row.substr(1));
  std::string field;
  while (std::getline(stream, field, '|')) {
    const size_t begin = field.find_first_not_of(' ');
    const size_t end = field.find_last_not_of(' ');
    fields.push_back(begin == std::string::npos ? "" : field.substr(begin, end - begin + 1));
  }
  return fields;
}

void write_row(std::string& text, const Results& results, const char* scenario,
               const char* consumer) {
  std::string row = std::string("| ") + consumer + " |";
  bool any = false;
  for (const char* output : outputs) {
    const auto found = results.find({consumer, scenario, output});
    any = any || found != results.end();
    row += " " + (found == results.end() ? std::string() : found->second) + " |";
  }
  if (any) text += row + "\n";
}

}  // namespace

std::string write_tables(const Results& results) {
  std::string text;
  for (const auto& scenario : scenarios()) {
    text += std::string("\n") + heading_mark + scenario.name + "\n\n| |";
    for (const char* output : outputs) text += std::string(" ") + output + " |";
    text += "\n|---|---|---|---|---|\n";
    for (const auto& consumer : consumers()) write_row(text, results, scenario.name, consumer.name);
  }
  return text;
}

Results read_tables(const std::string& document) {
  Results results;
  std::string scenario;
  std::istringstream stream(document);
  std::string line;
  while (std::getline(stream, line)) {
    if (line.starts_with(heading_mark)) scenario = line.substr(4);
    if (!line.starts_with("| ") || scenario.empty()) continue;
    const auto fields = fields_of(line);
    if (fields.size() != outputs.size() + 1 || fields[0].empty()) continue;
    for (size_t i = 0; i < outputs.size(); i++)
      if (!fields[i + 1].empty()) results[{fields[0], scenario, outputs.at(i)}] = fields[i + 1];
  }
  return results;
}

}  // namespace test
