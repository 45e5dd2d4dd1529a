/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <variant>
#include <vector>

#include "signalling/core/effects.h"

/* Those of @effects (or reports, signals) that are a T, in order. */
template <typename T, typename Variants>
std::vector<T> pick(const Variants& effects) {
  std::vector<T> found;
  for (const auto& effect : effects)
    if (const auto* one = std::get_if<T>(&effect)) found.push_back(*one);
  return found;
}

/* The reports among @effects that are a T. */
template <typename T>
std::vector<T> reports(const matrix::Effects& effects) {
  return pick<T>(pick<matrix::Report>(effects));
}

/* The signals that @effects send as a T. */
template <typename T>
std::vector<T> sent(const matrix::Effects& effects) {
  std::vector<T> found;
  for (const auto& message : pick<matrix::SendToDevice>(effects))
    if (const auto* one = std::get_if<T>(&message.message.signal)) found.push_back(*one);
  return found;
}
