// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Litmus tests: small programs over std::atomic, and exactly the outcomes that
// they have sequentially consistently and with Options::weak_memory.
//
// Most are classics: Maranget, Sarkar, Sewell: "A tutorial introduction to the
// ARM and POWER relaxed memory models" (2012); Batty and others: "Mathematizing
// C++ concurrency" (POPL 2011); Lahav and others: "Repairing sequential
// consistency in C/C++11" (PLDI 2017). x, y and z begin with 0; an outcome is
// what was read, in the order of the program, then what is left.

#ifndef TESTS_EXPLORER_LITMUS_H_
#define TESTS_EXPLORER_LITMUS_H_

#include <atomic>
#include <functional>
#include <initializer_list>
#include <ostream>
#include <set>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"

namespace rt::explorer {

using std::atomic;
using std::atomic_thread_fence;
using std::memory_order;
using Outcomes = std::set<std::string>;

inline constexpr memory_order kRelaxed = memory_order::relaxed;
inline constexpr memory_order kAcquire = memory_order::acquire;
inline constexpr memory_order kRelease = memory_order::release;
inline constexpr memory_order kAcqRel = memory_order::acq_rel;
inline constexpr memory_order kSeqCst = memory_order::seq_cst;

using Body = std::function<void()>;

inline void Together(std::initializer_list<Body> bodies) {
  rt::WaitGroup wg;
  for (const Body& body : bodies) wg.Go(body);
  wg.Wait();
}

inline std::string Text(std::initializer_list<int> values) {
  std::string text;
  for (int value : values) {
    if (!text.empty()) text += ' ';
    text += std::to_string(value);
  }
  return text;
}

// Unless it is no fence at all.
inline void FenceIf(memory_order order) {
  if (order != kRelaxed) atomic_thread_fence(order);
}

struct Litmus {
  const char* name;
  std::function<std::string()> program;
  Outcomes always;
  Outcomes weak = {};  // Besides those, with weak_memory.
  // C++20 allows them, too, but they are not explored (memory_model.h).
  Outcomes beyond = {};
};

inline void PrintTo(const Litmus& c, std::ostream* os) { *os << c.name; }

class LitmusTest : public testing::TestWithParam<Litmus> {
 protected:
  // Whether these are all.
  static bool Explored(Search search, bool weak_memory, Outcomes* outcomes) {
    Options options;
    options.search = search;
    options.max_executions = 5'000;
    options.weak_memory = weak_memory;
    Result result =
        CheckQuietly(options, [&] { outcomes->insert(GetParam().program()); });
    EXPECT_TRUE(result.passed()) << result.summary;
    return result.complete;
  }
};

TEST_P(LitmusTest, HasTheseOutcomes) {
  const Litmus& c = GetParam();
  Outcomes strong, weak, naive;
  EXPECT_TRUE(Explored(Search::kReduced, /*weak_memory=*/false, &strong));
  EXPECT_EQ(strong, c.always);
  Outcomes all = c.always;
  all.insert(c.weak.begin(), c.weak.end());
  EXPECT_TRUE(Explored(Search::kReduced, /*weak_memory=*/true, &weak));
  EXPECT_EQ(weak, all);
  if (Explored(Search::kNaive, /*weak_memory=*/true, &naive)) {
    EXPECT_EQ(naive, all);
  }
  for (const std::string& outcome : c.beyond) EXPECT_FALSE(all.count(outcome));
}

inline constexpr auto kRowName = [](const auto& row) {
  return std::string(row.param.name);
};

}  // namespace rt::explorer

#endif  // TESTS_EXPLORER_LITMUS_H_
