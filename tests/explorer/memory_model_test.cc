// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// On small programs drawn from seeds, the outcomes with Options::weak_memory
// are exactly those that the axioms of C++20 allow (axioms.h), and the reduced
// search finds what plain enumeration finds. With --test_env=PROGRAMS=1500 on
// so many for each seed.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/explorer/sampling.h"
#include "runtime/runtime.h"
#include "tests/explorer/axioms.h"

namespace rt::explorer {
namespace {

using std::memory_order;

// The weaker ones are drawn more often: there more can happen.
constexpr memory_order kLoadOrders[] = {
    memory_order::relaxed, memory_order::relaxed, memory_order::acquire,
    memory_order::seq_cst};
constexpr memory_order kStoreOrders[] = {
    memory_order::relaxed, memory_order::relaxed, memory_order::release,
    memory_order::seq_cst};
constexpr memory_order kUpdateOrders[] = {
    memory_order::relaxed, memory_order::relaxed, memory_order::acquire,
    memory_order::release, memory_order::acq_rel, memory_order::seq_cst};
constexpr memory_order kFenceOrders[] = {
    memory_order::acquire, memory_order::release, memory_order::seq_cst,
    memory_order::seq_cst};

template <size_t n>
memory_order OneOf(const memory_order (&orders)[n], Random& random) {
  return orders[random.Below(n)];
}

Program Draw(Random& random) {
  Program program(random.Below(4) == 0 ? 3 : 2);
  int value = 0;
  for (auto& actions : program) {
    size_t n = program.size() == 2 ? 3 : 1 + random.Below(2);
    size_t location = random.Below(kLocations);
    for (size_t i = 0; i < n; ++i) {
      Action action{What::kLoad, OneOf(kLoadOrders, random)};
      action.location = location;
      if (random.Below(4) > 0) location = (location + 1) % kLocations;
      action.value = ++value;
      uint64_t kind = random.Below(16);
      if (kind >= 6 && kind < 12) {
        action.what = What::kStore;
        action.order = OneOf(kStoreOrders, random);
      } else if (kind == 12) {
        action.what = What::kExchange;
        action.order = OneOf(kUpdateOrders, random);
      } else if (kind == 13) {
        action.what = What::kCompareExchange;
        action.order = OneOf(kUpdateOrders, random);
        action.expected = static_cast<int>(random.Below(3));
      } else if (kind > 13) {
        action.what = What::kFence;
        action.order = OneOf(kFenceOrders, random);
      }
      actions.push_back(action);
    }
  }
  return program;
}

const char* OrderText(memory_order order) {
  switch (order) {
    case memory_order::relaxed:
      return "relaxed";
    case memory_order::release:
      return "release";
    case memory_order::acq_rel:
      return "acq_rel";
    case memory_order::seq_cst:
      return "seq_cst";
    default:
      return "acquire";
  }
}

std::string ProgramText(const Program& program) {
  std::string text;
  for (const auto& actions : program) {
    for (const Action& a : actions) {
      std::string name(1, "xy"[a.location]);
      std::string value = std::to_string(a.value);
      std::string order = std::string(OrderText(a.order)) + "); ";
      switch (a.what) {
        case What::kLoad:
          text += name + ".load(" + order;
          break;
        case What::kStore:
          text += name + ".store(" + value + ", " + order;
          break;
        case What::kExchange:
          text += name + ".exchange(" + value + ", " + order;
          break;
        case What::kCompareExchange:
          text += name + ".compare_exchange(" + std::to_string(a.expected) +
                  ", " + value + ", " + order;
          break;
        case What::kFence:
          text += "fence(" + order;
          break;
      }
    }
    text += "\n";
  }
  return text;
}

int Do(std::array<std::atomic<int>, kLocations>& locations, const Action& a) {
  std::atomic<int>& location = locations[a.location];
  int seen = 0;
  switch (a.what) {
    case What::kLoad:
      return location.load(a.order);
    case What::kStore:
      location.store(a.value, a.order);
      break;
    case What::kExchange:
      return location.exchange(a.value, a.order);
    case What::kCompareExchange:
      seen = a.expected;
      location.compare_exchange_strong(seen, a.value, a.order,
                                       memory_order::relaxed);
      break;
    case What::kFence:
      std::atomic_thread_fence(a.order);
      break;
  }
  return seen;
}

std::string Run(const Program& program) {
  std::array<std::atomic<int>, kLocations> locations = {0, 0};
  std::vector<std::vector<int>> seen(program.size());
  rt::WaitGroup wg;
  for (size_t i = 0; i < program.size(); ++i) {
    wg.Go([&, i] {
      for (const Action& a : program[i]) seen[i].push_back(Do(locations, a));
    });
  }
  wg.Wait();
  std::string outcome;
  for (const auto& values : seen) {
    for (int value : values) outcome += std::to_string(value) + " ";
  }
  for (auto& location : locations) {
    outcome += "| " + std::to_string(location.load());
  }
  return outcome;
}

// False if there are too many executions to see them all.
bool Explored(const Program& program, Search search, bool weak_memory,
              Outcomes* outcomes) {
  Options options;
  options.search = search;
  options.max_executions = 5'000;
  options.weak_memory = weak_memory;
  Result result =
      CheckQuietly(options, [&] { outcomes->insert(Run(program)); });
  EXPECT_TRUE(result.passed()) << result.summary;
  return result.complete;
}

class MemoryModelTest : public testing::TestWithParam<int> {};

TEST_P(MemoryModelTest, AllowsWhatTheAxiomsAllow) {
  const char* wanted = getenv("PROGRAMS");
  int programs = wanted == nullptr ? 40 : atoi(wanted);
  int compared = 0;  // With plain enumeration.
  int weak = 0;      // Can do more than without weak_memory.
  for (int i = 0; i < programs; ++i) {
    uint64_t seed = static_cast<uint64_t>(GetParam()) * 1'000'000 +
                    static_cast<uint64_t>(i);
    Random random(seed);
    Program program = Draw(random);
    SCOPED_TRACE("seed " + std::to_string(seed) + "\n" + ProgramText(program));
    Outcomes reduced, naive, strong;
    ASSERT_TRUE(Explored(program, Search::kReduced, true, &reduced));
    ASSERT_EQ(reduced, AllowedByAxioms(program));
    if (Explored(program, Search::kNaive, true, &naive)) {
      ++compared;
      ASSERT_EQ(reduced, naive);
    }
    ASSERT_TRUE(Explored(program, Search::kReduced, false, &strong));
    if (reduced != strong) ++weak;
  }
  EXPECT_GE(compared, programs * 3 / 4);
  EXPECT_GE(weak, programs / 8);
}

INSTANTIATE_TEST_SUITE_P(Seeds, MemoryModelTest, testing::Range(0, 4));

}  // namespace
}  // namespace rt::explorer
