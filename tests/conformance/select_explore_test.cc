// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Selects under the explorer: every choice is found, what is wrong is refused,
// and what looks like it but is right passes.

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"

namespace {

using ::rt::Chan;
using ::rt::Default;
using ::rt::MakeChan;
using ::rt::OnRecv;
using ::rt::OnSend;
using ::rt::Select;
using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Explore;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Search;
using ::rt::explorer::Verdict;
using ::rt::explorer::VerdictText;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

Options With(Search search) {
  Options options;
  options.search = search;
  options.max_executions = 100'000;
  return options;
}

// --- Counts -----------------------------------------------------------------

// Three closed channels: the number drawn is all that can differ.
TEST(SelectCounts, EachReadyCaseIsAChoice) {
  for (Search search : {Search::kReduced, Search::kNaive}) {
    std::multiset<size_t> taken;
    Result result = Explore(With(search), [&] {
      auto closed = MakeChan<int>();
      auto open = MakeChan<int>();
      closed.Close();
      taken.insert(Select(OnRecv(closed), OnRecv(open), OnRecv(closed),
                          OnRecv(closed), Default()));
    });
    EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
    EXPECT_TRUE(result.complete);
    EXPECT_EQ(result.executions, 3u);
    EXPECT_THAT(taken, UnorderedElementsAre(0, 2, 3));
  }
}

// One goroutine sends to a, one to b, and main selects twice from both. With A
// and B for the sends and r for a select, which waits if nothing is there:
//   A B r r   in either order of A and B, which cannot be told: r draws, 2 ways
//   A r B r   B r A r
//   A r r B   B r r A
//   r A B r   r B A r   either completes the select, so their order matters
//   r A r B   r B r A
TEST(SelectCounts, OrdersOfTwoSendersAndTwoSelects) {
  for (Search search : {Search::kReduced, Search::kNaive}) {
    std::set<std::vector<size_t>> orders;
    Result result = Explore(With(search), [&] {
      auto a = MakeChan<int>(1);
      auto b = MakeChan<int>(1);
      rt::Go([=] { a.Send(1); });
      rt::Go([=] { b.Send(2); });
      std::vector<size_t> order;
      for (int i = 0; i < 2; ++i) order.push_back(Select(OnRecv(a), OnRecv(b)));
      orders.insert(order);
    });
    EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
    EXPECT_TRUE(result.complete);
    EXPECT_THAT(orders, UnorderedElementsAre(std::vector<size_t>{0, 1},
                                             std::vector<size_t>{1, 0}));
    if (search == Search::kReduced) {
      EXPECT_EQ(result.executions, 10u);
    }
  }
}

// --- Verdicts ---------------------------------------------------------------

struct Case {
  const char* name;
  Verdict verdict;
  std::function<void()> body;
};

void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

class SelectVerdictTest : public testing::TestWithParam<Case> {};

TEST_P(SelectVerdictTest, IsGiven) {
  Result result = CheckQuietly(Options(), GetParam().body);
  EXPECT_STREQ(VerdictText(result.verdict), VerdictText(GetParam().verdict))
      << result.summary << "\n"
      << result.expectation;
}

// The worker gives up when it is told to, or nobody tells it.
void Worker(bool told) {
  auto work = MakeChan<int>();
  auto quit = MakeChan<int>();
  rt::WaitGroup wg;
  wg.Go([=] {
    int sum = 0;
    while (Select(OnRecv(work, [&](std::optional<int> v) { sum += *v; }),
                  OnRecv(quit)) == 0) {
    }
  });
  work.Send(1);
  work.Send(2);
  if (told) quit.Close();
  wg.Wait();
}

// A value that arrives by a select is the receiver's alone; one that is read
// because another case was taken is not.
void HandOver(bool after_the_value) {
  int data = 0;
  auto ready = MakeChan<int>(1);
  auto other = MakeChan<int>(1);
  other.Send(1);
  rt::WaitGroup wg;
  wg.Go([&] {
    data = 1;
    ready.Send(1);
  });
  auto read = [&] {
    volatile int seen = data;
    static_cast<void>(seen);
  };
  Select(OnRecv(ready, read), OnRecv(other, [&] {
           if (!after_the_value) read();
         }));
  wg.Wait();
}

// The result is sent even if nobody waits for it any more.
void FirstAnswer(int capacity) {
  auto answer = MakeChan<int>(capacity);
  auto timeout = MakeChan<int>(1);
  timeout.Send(0);
  rt::Go([=] { answer.Send(1); });
  Select(OnRecv(answer), OnRecv(timeout));
}

// Asks until the other goroutine is done, which a scheduler without preemption
// would not see through.
void Poll() {
  auto done = MakeChan<int>();
  rt::Go([=] { done.Close(); });
  while (Select(OnRecv(done), Default()) == 1) rt::Gosched();
}

// The sender looks for a receiver that is there, or gives its value up.
void TrySend(bool expect_sent) {
  auto c = MakeChan<int>();
  auto quit = MakeChan<int>();
  rt::WaitGroup wg;
  wg.Go([=] { Select(OnRecv(c), OnRecv(quit)); });
  size_t which = Select(OnSend(c, 1), Default());
  EXPECT_TRUE(which == 0 || !expect_sent);
  quit.Close();
  wg.Wait();
}

void SendOnClosed(bool closed) {
  auto c = MakeChan<int>(1);
  auto quit = MakeChan<int>();
  rt::WaitGroup wg;
  wg.Go([=] { Select(OnSend(c, 1), OnRecv(quit)); });
  (closed ? c : quit).Close();
  wg.Wait();
}

INSTANTIATE_TEST_SUITE_P(
    All, SelectVerdictTest,
    testing::Values(
        Case{"worker_told", Verdict::kPassed, [] { Worker(true); }},
        Case{"worker_not_told", Verdict::kDeadlock, [] { Worker(false); }},
        Case{"value_then_data", Verdict::kPassed, [] { HandOver(true); }},
        Case{"data_without_value", Verdict::kRace, [] { HandOver(false); }},
        Case{"room_for_the_late", Verdict::kPassed, [] { FirstAnswer(1); }},
        Case{"no_room_for_the_late", Verdict::kLeak, [] { FirstAnswer(0); }},
        Case{"polls", Verdict::kPassed, Poll},
        Case{"send_or_not", Verdict::kPassed, [] { TrySend(false); }},
        Case{"send_not_sure", Verdict::kWrong, [] { TrySend(true); }},
        Case{"quits", Verdict::kPassed, [] { SendOnClosed(false); }},
        Case{"sends_on_closed", Verdict::kPanic, [] { SendOnClosed(true); }},
        Case{"no_cases", Verdict::kDeadlock, [] { Select(); }},
        Case{"only_nil", Verdict::kDeadlock,
             [] { Select(OnRecv(Chan<int>()), OnRecv(Chan<int>())); }}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(SelectReport, SaysWhatABlockedSelectWaitsFor) {
  Result result = CheckQuietly(Options(), [] { Worker(false); });
  EXPECT_THAT(result.expectation,
              HasSubstr("waits for one of the cases of its select"));
}

}  // namespace
