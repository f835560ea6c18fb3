// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The reduced search finds the outcomes of plain enumeration, and no others, on
// random programs over the standard's locks, conditions and semaphores.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <random>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"

namespace rt::explorer {
namespace {

using std::chrono::milliseconds;

// All that the threads of a program share.
struct World {
  std::mutex mu;
  std::condition_variable cond;
  int n = 0;
  std::shared_mutex shared;
  int m = 0;
  std::timed_mutex timed;
  std::counting_semaphore<4> permits{1};
  std::atomic<int> atomic = 0;
  std::once_flag once;
};

// Each does a little and says what it has seen. None waits for ever.
using Action = int (*)(World&);
const Action kActions[] = {
    [](World& w) {
      std::lock_guard lock(w.mu);
      return ++w.n;
    },
    [](World& w) {
      if (!w.mu.try_lock()) return 0;
      int seen = ++w.n;
      w.mu.unlock();
      return seen;
    },
    [](World& w) {
      std::shared_lock lock(w.shared);
      return w.m;
    },
    [](World& w) {
      std::lock_guard lock(w.shared);
      return ++w.m;
    },
    [](World& w) {
      if (!w.shared.try_lock()) return 0;
      int seen = ++w.m;
      w.shared.unlock();
      return seen;
    },
    [](World& w) {
      std::lock_guard lock(w.mu);
      ++w.n;
      w.cond.notify_one();
      return w.n;
    },
    [](World& w) {
      std::unique_lock lock(w.mu);
      bool timeout =
          w.cond.wait_for(lock, milliseconds(1)) == std::cv_status::timeout;
      return w.n * 2 + timeout;
    },
    [](World& w) {
      if (!w.timed.try_lock_for(milliseconds(1))) return 0;
      std::this_thread::sleep_for(milliseconds(1));
      w.timed.unlock();
      return 1;
    },
    [](World& w) {
      bool acquired = w.permits.try_acquire_for(milliseconds(1));
      return static_cast<int>(acquired);
    },
    [](World& w) {
      w.permits.release();
      return 0;
    },
    [](World& w) { return w.atomic.fetch_add(1); },
    [](World& w) {
      w.atomic.wait(0);  // If nobody changes it: see RunProgram.
      return w.atomic.load();
    },
    [](World& w) {
      int seen = 0;
      std::call_once(w.once, [&] { seen = w.atomic.fetch_add(1) + 1; });
      return seen;
    },
};

using Program = std::vector<std::vector<size_t>>;  // By thread: its actions.

std::string RunProgram(const Program& program) {
  World world;
  std::vector<std::vector<int>> seen(program.size());
  std::vector<std::thread> threads;
  for (size_t t = 0; t < program.size(); ++t) {
    threads.emplace_back([&, t] {
      for (size_t action : program[t]) {
        seen[t].push_back(kActions[action](world));
      }
    });
  }
  world.atomic.fetch_add(1);  // So that who waits for a change goes on.
  world.atomic.notify_all();
  for (std::thread& t : threads) t.join();
  std::string outcome;
  for (const auto& values : seen) {
    for (int value : values) outcome += std::to_string(value) + " ";
    outcome += "| ";
  }
  return outcome;
}

// False if there are too many to see them all.
bool Outcomes(Search search, const Program& program,
              std::set<std::string>* outcomes) {
  Options options;
  options.search = search;
  options.max_executions = 2'000;
  Result result =
      CheckQuietly(options, [&] { outcomes->insert(RunProgram(program)); });
  EXPECT_TRUE(result.passed()) << result.summary;
  return result.complete;
}

class StdReductionTest : public testing::TestWithParam<int> {};

TEST_P(StdReductionTest, FindsTheOutcomesOfEnumeration) {
  std::mt19937 random(static_cast<uint32_t>(GetParam()));
  int compared = 0;
  for (int i = 0; i < 20; ++i) {
    Program program(2);
    std::string text;
    for (auto& thread : program) {
      for (size_t k = 1 + random() % 2; k > 0; --k) {
        thread.push_back(random() % std::size(kActions));
        text += std::to_string(thread.back()) + " ";
      }
      text += "| ";
    }
    SCOPED_TRACE(text);
    std::set<std::string> reduced;
    std::set<std::string> all;
    if (!Outcomes(Search::kReduced, program, &reduced)) continue;
    if (!Outcomes(Search::kNaive, program, &all)) continue;
    EXPECT_EQ(reduced, all);
    ++compared;
  }
  EXPECT_GT(compared, 3);
}

INSTANTIATE_TEST_SUITE_P(Seeds, StdReductionTest, testing::Range(0, 8));

}  // namespace
}  // namespace rt::explorer
