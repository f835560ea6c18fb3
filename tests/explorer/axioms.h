// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the axioms of C++20 allow a small program over two std::atomics to do: a
// slow twin of the memory model (runtime/explorer/memory_model.h).
//
// It knows nothing of executions. It tries every assignment of stores to loads
// and every modification order, and asks whether [intro.races] and
// [atomics.order] allow them. It leaves out what the explorer does, too: the
// union of program order, reading and S, the order of seq_cst operations, must
// have no cycle.

#ifndef TESTS_EXPLORER_AXIOMS_H_
#define TESTS_EXPLORER_AXIOMS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace rt::explorer {

using Outcomes = std::set<std::string>;

inline constexpr size_t kLocations = 2;

enum class What : uint8_t {
  kLoad,
  kStore,
  kExchange,
  kCompareExchange,
  kFence
};

struct Action {
  What what;
  std::memory_order order;
  size_t location = 0;
  int value = 0;     // Stored; no two actions store the same, or 0.
  int expected = 0;  // By a kCompareExchange, whose failure is relaxed.
};
using Program = std::vector<std::vector<Action>>;  // By goroutine.

// What each action has read, 0 if nothing, and what is left in each location.
Outcomes AllowedByAxioms(const Program& program);

}  // namespace rt::explorer

#endif  // TESTS_EXPLORER_AXIOMS_H_
