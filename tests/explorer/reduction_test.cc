// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The reduced search finds exactly what plain enumeration finds: on a few
// hundred small random programs, the sets of outcomes are the same.
//
// An outcome is what every goroutine observed, and how the execution ended. A
// panic ends an execution in the middle, so there it is enough that both
// searches find one.

#include <atomic>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "runtime/explorer/bounded.h"
#include "runtime/explorer/engine.h"
#include "runtime/explorer/exhaustive.h"
#include "runtime/explorer/sampling.h"
#include "runtime/runtime.h"

namespace {

using ::rt::Default;
using ::rt::OnRecv;
using ::rt::OnSend;
using ::rt::Select;
using ::rt::explorer::Bounded;
using ::rt::explorer::Engine;
using ::rt::explorer::ExecutionOptions;
using ::rt::explorer::Exhaustive;
using ::rt::explorer::Random;
using ::rt::explorer::Strategy;
using ::rt::explorer::Verdict;
using ::rt::explorer::VerdictText;

enum class Action : uint8_t {
  kLock,     // Of mutex `object`, with a visit to a plain counter inside.
  kTryLock,  // Likewise, if it is free.
  kNested,   // Both mutexes, `object` first.
  kLoad,
  kStore,
  kFetchAdd,
  kCompareExchange,
  kClose,
  kSend,
  kRecv,
  kLen,
  kSelectRecv,         // From either channel.
  kSelectSend,         // To either.
  kSelectBoth,         // To `object`, or from the other one.
  kSelectDefault,      // From `object`, if that is possible at once.
  kSelectSendDefault,  // To it.
  kSelectBothDefault,
  kAdd,
  kDone,
  kWait,
  kGosched,
  kCount,
};

struct Instruction {
  Action action;
  int object;  // 0 or 1.
};

using Program = std::vector<std::vector<Instruction>>;  // By goroutine.

constexpr int kGoroutines = 3;
constexpr int kObjects = 2;

// Which actions a program is made of: [first, end).
struct Palette {
  Action first;
  Action end;
};
constexpr Palette kAll{Action::kLock, Action::kCount};
constexpr Palette kChannels{Action::kSend, Action::kAdd};
constexpr Palette kChannelsThatClose{Action::kClose, Action::kAdd};

Program RandomProgram(Random& random, const Palette& all) {
  Program program(2 + random.Below(kGoroutines - 1));
  // A program about few things has more conflicts.
  Action palette[3];
  for (Action& a : palette) {
    a = static_cast<Action>(static_cast<uint64_t>(all.first) +
                            random.Below(static_cast<uint64_t>(all.end) -
                                         static_cast<uint64_t>(all.first)));
  }
  for (auto& goroutine : program) {
    size_t size = 1 + random.Below(program.size() == 2 ? 4 : 3);
    for (size_t i = 0; i < size; ++i) {
      goroutine.push_back(
          {palette[random.Below(3)], static_cast<int>(random.Below(kObjects))});
    }
  }
  return program;
}

std::string Text(const Program& program) {
  std::string text;
  for (const auto& goroutine : program) {
    for (const Instruction& i : goroutine) {
      absl::StrAppend(&text, static_cast<int>(i.action), ".", i.object, " ");
    }
    absl::StrAppend(&text, "| ");
  }
  return text;
}

// Which case a select took, unlike any value that is received.
int Case(size_t which) { return 100 + static_cast<int>(which); }

// What one execution shows; outside of it, so that a deadlock leaves it.
struct Observed {
  std::vector<int> by_goroutine[kGoroutines];
};

void Run(const Program& program, int channel_capacity, Observed& observed) {
  struct Shared {
    rt::Mutex mu[kObjects];
    int counter[kObjects] = {};
    std::atomic<int> word[kObjects] = {};
    rt::Chan<int> chan[kObjects];
    rt::WaitGroup wg[kObjects];
  };
  auto* shared = new Shared;  // Goroutines that are left behind use it.
  for (auto& chan : shared->chan) chan = rt::MakeChan<int>(channel_capacity);
  for (auto& wg : shared->wg) wg.Add(1);
  for (size_t g = 0; g < program.size(); ++g) {
    rt::Go([shared, &code = program[g], &seen = observed.by_goroutine[g], g] {
      for (const Instruction& i : code) {
        int id = static_cast<int>(g) + 1;
        rt::Mutex& mu = shared->mu[i.object];
        rt::Mutex& other_mu = shared->mu[1 - i.object];
        int& counter = shared->counter[i.object];
        std::atomic<int>& word = shared->word[i.object];
        rt::Chan<int>& chan = shared->chan[i.object];
        rt::Chan<int>& other = shared->chan[1 - i.object];
        auto see = [&seen](std::optional<int> v) {
          seen.push_back(v.value_or(-1));
        };
        switch (i.action) {
          case Action::kLock:
            mu.Lock();
            seen.push_back(counter);
            counter = counter * 4 + id;
            mu.Unlock();
            break;
          case Action::kTryLock:
            if (!mu.TryLock()) {
              seen.push_back(-1);
              break;
            }
            seen.push_back(counter);
            counter = counter * 4 + id;
            mu.Unlock();
            break;
          case Action::kNested:
            mu.Lock();
            other_mu.Lock();
            seen.push_back(counter);
            counter = counter * 4 + id;
            other_mu.Unlock();
            mu.Unlock();
            break;
          case Action::kLoad:
            seen.push_back(word.load());
            break;
          case Action::kStore:
            word.store(id);
            break;
          case Action::kFetchAdd:
            seen.push_back(word.fetch_add(4 * id));
            break;
          case Action::kCompareExchange: {
            int expected = 0;
            word.compare_exchange_strong(expected, id);
            seen.push_back(expected);
            break;
          }
          case Action::kClose:
            chan.Close();
            break;
          case Action::kSend:
            chan.Send(id);
            break;
          case Action::kRecv:
            seen.push_back(chan.Recv().value_or(-1));
            break;
          case Action::kLen:
            seen.push_back(static_cast<int>(chan.Len()));
            break;
          case Action::kSelectRecv:
            seen.push_back(Case(Select(OnRecv(chan, see), OnRecv(other, see))));
            break;
          case Action::kSelectSend:
            seen.push_back(Case(Select(OnSend(chan, id), OnSend(other, id))));
            break;
          case Action::kSelectBoth:
            seen.push_back(Case(Select(OnSend(chan, id), OnRecv(other, see))));
            break;
          case Action::kSelectDefault:
            seen.push_back(Case(Select(OnRecv(chan, see), Default())));
            break;
          case Action::kSelectSendDefault:
            seen.push_back(Case(Select(OnSend(chan, id), Default())));
            break;
          case Action::kSelectBothDefault:
            seen.push_back(
                Case(Select(OnSend(chan, id), OnRecv(other, see), Default())));
            break;
          case Action::kAdd:
            shared->wg[i.object].Add(1);
            break;
          case Action::kDone:
            shared->wg[i.object].Done();
            break;
          case Action::kWait:
            shared->wg[i.object].Wait();
            seen.push_back(word.load(std::memory_order_relaxed));
            break;
          case Action::kGosched:
            rt::Gosched();
            break;
          case Action::kCount:
            break;
        }
      }
    });
  }
}

// The outcomes; none if the search is too big.
std::optional<std::set<std::string>> Outcomes(const Program& program,
                                              int channel_capacity,
                                              Strategy& strategy,
                                              uint64_t* executions) {
  constexpr uint64_t kTooMany = 20'000;
  std::set<std::string> outcomes;
  Engine& engine = Engine::Get();
  Observed observed;
  for (*executions = 0; strategy.BeginExecution();) {
    for (auto& seen : observed.by_goroutine) seen.clear();
    engine.Execute([&] { Run(program, channel_capacity, observed); }, strategy,
                   ExecutionOptions());
    EXPECT_FALSE(engine.diverged());
    if (strategy.redundant()) continue;
    if (++*executions > kTooMany) return std::nullopt;
    if (engine.failure().verdict == Verdict::kPanic) {
      outcomes.insert("panic");
      continue;
    }
    std::string outcome = VerdictText(engine.failure().verdict);
    for (const auto& seen : observed.by_goroutine) {
      absl::StrAppend(&outcome, " [", absl::StrJoin(seen, ","), "]");
    }
    for (const auto& blocked : engine.blocked()) {
      absl::StrAppend(&outcome, " ", blocked.goroutine);
    }
    outcomes.insert(outcome);
  }
  return outcomes;
}

// Returns how many executions all the programs took, naively and reduced.
std::pair<uint64_t, uint64_t> Compare(int seed, const Palette& palette) {
  Random random(static_cast<uint64_t>(seed) * 7919);
  int compared = 0;
  uint64_t naive_total = 0;
  uint64_t reduced_total = 0;
  for (int i = 0; i < 100; ++i) {
    Program program = RandomProgram(random, palette);
    int capacity = static_cast<int>(random.Below(2));
    uint64_t naive_executions;
    uint64_t reduced_executions;
    Bounded naive(Bounded::kUnbounded);
    auto expected = Outcomes(program, capacity, naive, &naive_executions);
    if (!expected) continue;
    Exhaustive reduced;
    auto found = Outcomes(program, capacity, reduced, &reduced_executions);
    if (!found) {
      ADD_FAILURE() << "too many executions: " << Text(program) << capacity;
      continue;
    }
    if (expected->count("panic") > 0) {
      EXPECT_EQ(found->count("panic"), 1u) << Text(program);
    } else {
      EXPECT_EQ(*found, *expected) << Text(program) << capacity;
      EXPECT_LE(reduced_executions, naive_executions) << Text(program);
    }
    ++compared;
    naive_total += naive_executions;
    reduced_total += reduced_executions;
  }
  EXPECT_GT(compared, 80);
  return {naive_total, reduced_total};
}

class ReductionTest : public testing::TestWithParam<int> {};

TEST_P(ReductionTest, FindsTheOutcomesThatEnumerationFinds) {
  auto [naive, reduced] = Compare(GetParam(), kAll);
  EXPECT_LT(reduced * 2, naive);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReductionTest, testing::Range(1, 6));

// Where every operation depends on most others there is little to leave out;
// but the selects that wait at both channels need care (exhaustive.h). Without
// it, seeds 7, 19 and 22 fail.
class ChannelReductionTest : public testing::TestWithParam<int> {};

TEST_P(ChannelReductionTest, FindsTheOutcomesThatEnumerationFinds) {
  auto [naive, reduced] = Compare(GetParam(), kChannels);
  EXPECT_LT(reduced, naive);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ChannelReductionTest,
                         testing::Values(1, 2, 3, 7, 19, 22));

class ClosingReductionTest : public testing::TestWithParam<int> {};

TEST_P(ClosingReductionTest, FindsTheOutcomesThatEnumerationFinds) {
  auto [naive, reduced] = Compare(GetParam(), kChannelsThatClose);
  EXPECT_LT(reduced, naive);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ClosingReductionTest, testing::Range(1, 6));

}  // namespace
