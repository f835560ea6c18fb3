// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Inside of rt::Blocking, what would wait in some interleaving is refused, in
// the words of a program that runs; what need not wait is not.

#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"

namespace {

using ::rt::Blocking;
using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Search;
using ::rt::explorer::Verdict;

struct Row {
  const char* name;
  const char* wait;  // Null: it passes.
  void (*body)();
};

void PrintTo(const Row& row, std::ostream* os) { *os << row.name; }

const Row kRows[] = {
    {"Lock", "sync.Mutex.Lock",
     [] {
       rt::Mutex mu;
       rt::WaitGroup wg;
       wg.Go([&] {
         mu.Lock();
         mu.Unlock();
       });
       Blocking([&] { mu.Lock(); });
       mu.Unlock();
       wg.Wait();
     }},
    {"RLock", "sync.RWMutex.RLock",
     [] {
       rt::RWMutex mu;
       rt::WaitGroup wg;
       wg.Go([&] {
         mu.Lock();
         mu.Unlock();
       });
       Blocking([&] { mu.RLock(); });
       mu.RUnlock();
       wg.Wait();
     }},
    {"RWLockBehindAWriter", "sync.RWMutex.Lock",
     [] {
       rt::RWMutex mu;
       rt::WaitGroup wg;
       wg.Go([&] {
         mu.Lock();
         mu.Unlock();
       });
       Blocking([&] { mu.Lock(); });
       mu.Unlock();
       wg.Wait();
     }},
    {"RWLockBehindAReader", "sync.RWMutex.Lock",
     [] {
       rt::RWMutex mu;
       rt::WaitGroup wg;
       wg.Go([&] {
         mu.RLock();
         mu.RUnlock();
       });
       Blocking([&] { mu.Lock(); });
       mu.Unlock();
       wg.Wait();
     }},
    {"Wait", "sync.WaitGroup.Wait",
     [] {
       rt::WaitGroup wg;
       wg.Go([] {});
       Blocking([&] { wg.Wait(); });
     }},
    {"CondWait", "sync.Cond.Wait",
     [] {
       rt::Mutex mu;
       rt::Cond cond(&mu);
       mu.Lock();
       Blocking([&] { cond.Wait(); });
     }},
    {"Do", "sync.Once.Do",
     [] {
       rt::Once once;
       rt::WaitGroup wg;
       wg.Go([&] { once.Do([] {}); });
       Blocking([&] { once.Do([] {}); });
       wg.Wait();
     }},
    {"Recv", "chan receive",
     [] {
       auto c = rt::MakeChan<int>(1);
       rt::Go([c] { c.Send(1); });
       Blocking([&] { c.Recv(); });
     }},
    {"Send", "chan send",
     [] {
       auto c = rt::MakeChan<int>();
       rt::Go([c] { c.Recv(); });
       Blocking([&] { c.Send(1); });
     }},
    {"Select", "select",
     [] {
       auto c = rt::MakeChan<int>(1);
       rt::Go([c] { c.Send(1); });
       Blocking([&] { rt::Select(rt::OnRecv(c), rt::OnRecv(c)); });
     }},
    {"Sleep", "sleep",
     [] { Blocking([] { rt::Sleep(absl::Nanoseconds(1)); }); }},
    {"Gosched", "yield", [] { Blocking([] { rt::Gosched(); }); }},
    {"AfterAnInnerOne", "yield",
     [] {
       Blocking([] {
         Blocking([] {});
         rt::Gosched();
       });
     }},
    {"NobodyNeedWait", nullptr,
     [] {
       auto c = rt::MakeChan<int>(2);
       rt::Mutex mu;
       rt::WaitGroup wg;
       mu.Lock();
       wg.Go([&] { mu.Lock(); });
       Blocking([&] {
         c.Send(1);
         rt::Go([c] { c.Send(2); });
         mu.Unlock();
         rt::Select(rt::OnRecv(c), rt::Default());
         if (mu.TryLock()) mu.Unlock();
       });
       wg.Wait();
     }},
    {"AfterIt", nullptr,
     [] {
       rt::WaitGroup wg;
       wg.Go([] {});
       Blocking([] {});
       wg.Wait();
     }},
    // A thread waits for that.
    {"AStaticOfAnother", nullptr, [] {
       auto use = [] {
         static const int* const seven = [] {
           auto c = rt::MakeChan<int>(1);
           c.Send(7);
           return new int(*c.Recv());
         }();
         EXPECT_EQ(*seven, 7);
       };
       rt::WaitGroup wg;
       wg.Go(use);
       Blocking(use);
       wg.Wait();
     }}};

class BlockingTest : public testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(Rows, BlockingTest, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST_P(BlockingTest, RefusesWhatWouldWait) {
  // Which leaves out what is the same in another order.
  Options options;
  options.search = Search::kReduced;
  Result result = CheckQuietly(options, GetParam().body);
  if (GetParam().wait == nullptr) {
    EXPECT_TRUE(result.passed()) << result.summary;
    return;
  }
  EXPECT_EQ(result.verdict, Verdict::kPanic) << result.summary;
  std::string text = std::string("fatal error: ") + GetParam().wait +
                     " inside rt::Blocking: what that calls may block its "
                     "thread, but not wait or yield as a goroutine; do so "
                     "before or after it";
  EXPECT_EQ(result.summary, text);
}

}  // namespace
