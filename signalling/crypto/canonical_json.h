/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <initializer_list>
#include <optional>
#include <string>

#include "signalling/core/json.h"

namespace matrix {

/* The text that signatures are made over: the shortest UTF-8 JSON, keys sorted by code point
 * (Matrix specification, appendices, "Canonical JSON"). Nothing if it holds a number that is
 * no integer of at most 2^53 - 1. Pure. */
std::optional<std::string> canonical_json(const Json& value);

/* @object less the members named. */
Json without(const Json& object, std::initializer_list<const char*> keys);

}  // namespace matrix
