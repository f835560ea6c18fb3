// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Profiles of where the processor time goes and what goroutines do.

#include "runtime/pprof.h"

#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/host.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/runtime.h"
#include "tests/conformance/decoded_profile.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using pprof::Profile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::WaitUntilBlocked;
using testing::YieldUntil;

constexpr int64_t kMillisecondNs = 1'000'000;

int64_t ThreadCpuNs() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// Not inlined: functions whose names the tests look for.

[[gnu::noinline]] void Burn(int64_t ns, std::atomic<int64_t>* used) {
  for (int64_t end = ThreadCpuNs() + ns; ThreadCpuNs() < end;) {
    used->fetch_add(1, std::memory_order_relaxed);
  }
}
[[gnu::noinline]] void BurnMuch(std::atomic<int64_t>* used) {
  Burn(600 * kMillisecondNs, used);
  used->fetch_add(1);  // Not a tail call.
}
[[gnu::noinline]] void BurnLittle(std::atomic<int64_t>* used) {
  Burn(200 * kMillisecondNs, used);
  used->fetch_add(1);
}

using CpuProfileTest = testing::RuntimeTest;
INSTANTIATE_TEST_SUITE_P(Procs, CpuProfileTest, ::testing::Values(1, 4),
                         ::testing::PrintToStringParamName());

TEST_P(CpuProfileTest, ShowsWhoComputes) {
  std::string path = PathFor("cpu");
  uint64_t much = 0, little = 0;
  Main([&] {
    std::atomic<int64_t> used{0};
    absl::Time before = Now();
    ASSERT_TRUE(pprof::StartCPUProfile(path).ok());
    WaitGroup wg;
    wg.Go([&] {
      // Its thread is its own: the clock that it looks at is the thread's.
      LockOSThread();
      much = internal::host::CurrentG()->id;
      BurnMuch(&used);
    });
    wg.Go([&] {
      LockOSThread();
      little = internal::host::CurrentG()->id;
      BurnLittle(&used);
    });
    wg.Wait();
    ASSERT_TRUE(pprof::StopCPUProfile().ok());
    absl::Duration took = Now() - before;
    Decoded profile(path);
    EXPECT_THAT(profile.units, ElementsAre("samples/count", "cpu/nanoseconds"));
    EXPECT_EQ(profile.period_unit, "cpu/nanoseconds");
    EXPECT_EQ(profile.period, 10 * kMillisecondNs);
    EXPECT_LE(absl::Nanoseconds(profile.duration_ns), took);
    EXPECT_GE(profile.unix_ns, absl::ToUnixNanos(before));
    // It holds signals back, perhaps until the thread ends.
    if (internal::kTsan) return;
    EXPECT_THAT(profile.sources.at("rt::BurnMuch(std::atomic<long>*)"),
                HasSubstr("tests/conformance/pprof_test.cc"));
    auto near = [&](int64_t ns) {
      int64_t tolerance = ns / 4;
      return ::testing::AllOf(::testing::Ge(ns - tolerance),
                              ::testing::Le(ns + tolerance));
    };
    std::vector<int64_t> in_much = profile.Sum("BurnMuch");
    std::vector<int64_t> in_little = profile.Sum("BurnLittle");
    EXPECT_THAT(in_much[1], near(600 * kMillisecondNs));
    EXPECT_THAT(in_little[1], near(200 * kMillisecondNs));
    EXPECT_EQ(in_much[0] * profile.period, in_much[1]);
    for (const Decoded::Sample& sample : profile.samples) {
      EXPECT_FALSE(sample.Has("OnSample")) << "the profiler sees itself";
      if (sample.Has("BurnMuch")) {
        EXPECT_EQ(static_cast<uint64_t>(sample.goroutine), much);
      }
      if (sample.Has("BurnLittle")) {
        EXPECT_EQ(static_cast<uint64_t>(sample.goroutine), little);
      }
    }
  });
  unlink(path.c_str());
}

TEST_P(CpuProfileTest, SeesThreadsThatBeginAndEndMeanwhile) {
  if (internal::kTsan) GTEST_SKIP() << "ThreadSanitizer holds signals back";
  std::string path = PathFor("threads");
  std::atomic<int64_t> used{0};
  ASSERT_TRUE(pprof::StartCPUProfile(path).ok());
  // All of Run's threads but this one begin, and end, with it.
  Main([&] {
    WaitGroup wg;
    wg.Go([&] {
      LockOSThread();
      BurnLittle(&used);
    });
    wg.Wait();
  });
  ASSERT_TRUE(pprof::StopCPUProfile().ok());
  EXPECT_GE(Decoded(path).Sum("BurnLittle")[0], 5);
  unlink(path.c_str());
}

TEST(CpuProfileOutsideTest, SeesOtherThreadsThatAreThere) {
  std::string path = PathFor("plain");
  std::atomic<int64_t> used{0};
  std::atomic<int> step{0};
  std::thread thread([&] {
    step = 1;
    step.notify_all();
    step.wait(1);
    BurnLittle(&used);
  });
  step.wait(0);
  ASSERT_TRUE(pprof::StartCPUProfile(path).ok());
  step = 2;
  step.notify_all();
  thread.join();
  ASSERT_TRUE(pprof::StopCPUProfile().ok());
  EXPECT_GE(Decoded(path).Sum("BurnLittle")[0], 5);
  unlink(path.c_str());
}

TEST(CpuProfileOutsideTest, EndsForGood) {
  std::string path = PathFor("again");
  std::atomic<int64_t> used{0};
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(pprof::StartCPUProfile(path).ok());
    Burn(5 * kMillisecondNs, &used);
    ASSERT_TRUE(pprof::StopCPUProfile().ok());
    Burn(5 * kMillisecondNs, &used);  // A signal would kill us, if not ours.
  }
  ASSERT_TRUE(pprof::StartCPUProfile(path).ok());
  ASSERT_TRUE(pprof::StopCPUProfile().ok());
  EXPECT_EQ(Decoded(path).Sum("Burn")[0], 0);
  unlink(path.c_str());
}

TEST(CpuProfileOutsideTest, FailsWithAReason) {
  std::string path = PathFor("fails");
  EXPECT_THAT(pprof::StopCPUProfile().message(),
              HasSubstr("no CPU profile is being taken"));
  EXPECT_THAT(pprof::StartCPUProfile("/nowhere/cpu").message(),
              HasSubstr("/nowhere/cpu: No such file"));
  ASSERT_TRUE(pprof::StartCPUProfile(path).ok());
  EXPECT_THAT(pprof::StartCPUProfile(path).message(),
              HasSubstr("a CPU profile is being taken already"));
  EXPECT_TRUE(pprof::StopCPUProfile().ok());
  EXPECT_THAT(pprof::Write(Profile::kBlock, "/nowhere/block").message(),
              HasSubstr("/nowhere/block: No such file"));
  unlink(path.c_str());
}

using GoroutineProfileTest = testing::RuntimeTest;
RT_INSTANTIATE(GoroutineProfileTest);

[[gnu::noinline]] void WaitForLock(Mutex* mu) {
  mu->Lock();
  mu->Unlock();
}

TEST_P(GoroutineProfileTest, CountsThemByStackAndState) {
  Main([] {
    auto c = MakeChan<int>();
    Mutex mu;
    WaitGroup wg;
    mu.Lock();
    for (int i = 0; i < 7; ++i) wg.Go([=] { WaitForOne(c); });
    wg.Go([&] { WaitForLock(&mu); });
    WaitUntilBlocked(8);
    Decoded profile = Written(Profile::kGoroutine, "goroutine");
    EXPECT_THAT(profile.units, ElementsAre("goroutine/count"));
    EXPECT_THAT(profile.Sum("WaitForOne"), ElementsAre(7));
    EXPECT_THAT(profile.Sum("WaitForLock"), ElementsAre(1));
    int64_t all = 0;
    for (const auto& sample : profile.samples) {
      all += sample.values[0];
      EXPECT_FALSE(sample.functions[0].starts_with("rt::internal::"))
          << sample.functions[0];
      // Nothing is around the program's first function.
      EXPECT_THAT(sample.functions.back(), HasSubstr("lambda"));
      if (sample.Has("WaitForOne")) {
        EXPECT_EQ(sample.state, "chan receive");
        EXPECT_EQ(sample.values[0], 7);
      }
      if (sample.Has("WaitForLock")) {
        EXPECT_EQ(sample.state, "sync.Mutex.Lock");
      }
    }
    EXPECT_EQ(all, 9);
    c.Close();
    mu.Unlock();
    wg.Wait();
  });
}

constexpr int64_t kSpinLine = __LINE__;
[[gnu::noinline]] void SpinUntil(const std::atomic<bool>* stop) {
  while (!*stop) {
    // ThreadSanitizer keeps a signal back until a call that it intercepts.
    if (internal::kTsan) usleep(0);
  }
}
constexpr int64_t kSpinEndLine = __LINE__;

TEST_P(GoroutineProfileTest, ShowsWhereOthersRun) {
  Main([] {
    constexpr int kCount = 5;  // More than may run at 1, 2 and 4.
    std::atomic<bool> stop{false};
    std::atomic<int> begun{0};
    WaitGroup wg;
    for (int i = 0; i < kCount; ++i) {
      wg.Go([&] {
        ++begun;
        SpinUntil(&stop);
      });
    }
    YieldUntil([&] { return begun == kCount; });
    Decoded profile = Written(Profile::kGoroutine, "running");
    int64_t found = 0;
    for (const auto& sample : profile.samples) {
      // Between the two statements above, at the latest.
      if (sample.Has("SpinUntil") || sample.Has("ShowsWhereOthersRun")) {
        found += sample.values[0];
      }
    }
    EXPECT_EQ(found, kCount + 1);
    EXPECT_GE(profile.Sum("SpinUntil")[0], 1);
    EXPECT_THAT(profile.Sum("goroutine on another thread"), ElementsAre(0));
    for (const auto& [function, lines] : profile.lines) {
      if (function.find("SpinUntil") == std::string::npos) continue;
      EXPECT_GT(*lines.begin(), kSpinLine);
      EXPECT_LT(*lines.rbegin(), kSpinEndLine);
    }
    stop = true;
    wg.Wait();
  });
}

TEST_P(GoroutineProfileTest, SaysIfAStackIsNotKnown) {
  Main([] {
    std::atomic<bool> stop{false};
    std::atomic<bool> runs{false};
    WaitGroup wg;
    wg.Go([&] {
      Blocking([&] {
        runs = true;
        runs.notify_all();
        stop.wait(false);
      });
    });
    YieldUntil([&] { return runs.load(); });
    Decoded profile = Written(Profile::kGoroutine, "running");
    EXPECT_THAT(profile.Sum("goroutine on another thread"), ElementsAre(1));
    stop = true;
    stop.notify_all();
    wg.Wait();
  });
}

}  // namespace
}  // namespace rt
