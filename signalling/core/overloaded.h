/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

namespace matrix {

/* std::visit with one lambda for each alternative. */
template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};
/* clang before 17 needs the guide. */
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace matrix
