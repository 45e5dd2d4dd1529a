/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <map>
#include <string>

namespace test {

/* What became of each consumer, scenario and muted-output ("fill"), in the words of judge(). */
struct Place {
  std::string consumer;
  std::string scenario;
  std::string output;
  auto operator<=>(const Place&) const = default;
};
using Results = std::map<Place, std::string>;

/* The tables of docs/muted-output.md, without the text around them. */
std::string write_tables(const Results& results);
/* The results in such tables. */
Results read_tables(const std::string& document);

}  // namespace test
