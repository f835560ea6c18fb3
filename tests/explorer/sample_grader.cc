// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A small grader, run by grader_flags_test with different flags.

#include <atomic>
#include <cstdlib>
#include <string>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;

bool Wanted(const char* what) {
  const char* broken = getenv("BROKEN");
  return broken != nullptr && std::string(broken) == what;
}

void WriteToNull() {
  static int* volatile nowhere = nullptr;
  *nowhere = 1;
}

void SeesOldValue() {
  std::atomic<int> message = 0, sent = 0;
  rt::WaitGroup wg;
  wg.Go([&] {
    message.store(7, std::memory_order_relaxed);
    sent.store(1, std::memory_order_relaxed);
  });
  wg.Go([&] {
    if (sent.load(std::memory_order_relaxed) == 0) return;
    EXPECT_EQ(message.load(std::memory_order_relaxed), 7);
  });
  wg.Wait();
}

TEST(Sample, Counts) {
  if (Wanted("old")) {
    rt::explorer::Options options;
    options.weak_memory = true;
    return Check(options, &SeesOldValue);
  }
  Check([] {
    int n = 0;
    if (Wanted("memory")) WriteToNull();
    rt::Mutex mu;
    rt::WaitGroup wg;
    for (int i = 0; i < 2; ++i) {
      wg.Go([&] {
        if (!Wanted("race")) mu.Lock();
        ++n;
        if (!Wanted("race")) mu.Unlock();
      });
    }
    wg.Wait();
    EXPECT_EQ(n, Wanted("wrong") ? 3 : 2);
  });
}

TEST(Sample, ChecksTwice) {
  Check([] {});
  Check([] {
    if (Wanted("second")) rt::MakeChan<int>().Recv();
  });
}

TEST(Sample, ExpectsOutside) { EXPECT_FALSE(Wanted("outside")); }

}  // namespace
