// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Profiles: well-formed, and true.

#include "runtime/pprof.h"

#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "protozero/pbf_reader.hpp"
#include "runtime/internal/host.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using pprof::Profile;
using protozero::pbf_reader;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::WaitUntilBlocked;
using testing::YieldUntil;

constexpr int64_t kMillisecondNs = 1'000'000;

std::string PathFor(const std::string& name) {
  return ::testing::TempDir() + "/" + name + std::to_string(getpid()) +
         ".pb.gz";
}

std::string Gunzip(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  EXPECT_NE(file, nullptr) << path;
  EXPECT_EQ(gzdirect(file), 0) << "not compressed";
  std::string text;
  char some[4096];
  for (int n; (n = gzread(file, some, sizeof(some))) > 0;) {
    text.append(some, static_cast<size_t>(n));
  }
  EXPECT_EQ(gzclose_r(file), Z_OK);
  return text;
}

// The file at `path`, checked for what is true of every profile. The numbers of
// fields are those of pprof's profile.proto.
struct Decoded {
  struct Sample {
    std::vector<std::string> functions;  // The innermost first.
    std::vector<int64_t> values;
    int64_t goroutine = 0;
    std::string state;

    bool Has(const std::string& part) const {
      return std::any_of(functions.begin(), functions.end(),
                         [&](const std::string& name) {
                           return name.find(part) != std::string::npos;
                         });
    }
  };

  explicit Decoded(const std::string& path) {
    text = Gunzip(path);
    for (pbf_reader in(text); in.next(6);) texts.push_back(in.get_string());
    EXPECT_FALSE(texts.empty());
    EXPECT_EQ(texts.at(0), "");
    for (pbf_reader in(text); in.next();) {
      switch (in.tag()) {
        case 1:
          units.push_back(Unit(in.get_message()));
          break;
        case 3:
          ReadMapping(in.get_message());
          break;
        case 5:
          ReadFunction(in.get_message());
          break;
        case 9:
          unix_ns = in.get_int64();
          break;
        case 10:
          duration_ns = in.get_int64();
          break;
        case 11:
          period_unit = Unit(in.get_message());
          break;
        case 12:
          period = in.get_int64();
          break;
        default:
          in.skip();
      }
    }
    for (pbf_reader in(text); in.next(4);) ReadLocation(in.get_message());
    for (pbf_reader in(text); in.next(2);) ReadSample(in.get_message());
  }

  std::string Unit(pbf_reader in) const {
    std::string type, unit;
    while (in.next()) {
      (in.tag() == 1 ? type : unit) =
          texts.at(static_cast<size_t>(in.get_int64()));
    }
    return type + "/" + unit;
  }

  void ReadMapping(pbf_reader in) {
    std::map<int, uint64_t> fields;
    while (in.next()) fields[static_cast<int>(in.tag())] = in.get_uint64();
    EXPECT_LT(fields[2], fields[3]);
    mappings[fields[1]] = {fields[2], fields[3]};
    files.insert(texts.at(fields[5]));
  }

  void ReadFunction(pbf_reader in) {
    std::map<int, uint64_t> fields;
    while (in.next()) fields[static_cast<int>(in.tag())] = in.get_uint64();
    EXPECT_TRUE(functions.emplace(fields[1], texts.at(fields[2])).second);
    sources[texts.at(fields[2])] = texts.at(fields[4]);
  }

  void ReadLocation(pbf_reader in) {
    uint64_t id = 0, mapping = 0, address = 0;
    std::vector<std::string> names;
    while (in.next()) {
      switch (in.tag()) {
        case 1:
          id = in.get_uint64();
          break;
        case 2:
          mapping = in.get_uint64();
          break;
        case 3:
          address = in.get_uint64();
          break;
        default:
          pbf_reader line = in.get_message();
          ASSERT_TRUE(line.next(1));
          names.push_back(functions.at(line.get_uint64()));
          if (line.next(2)) lines[names.back()].insert(line.get_int64());
      }
    }
    if (mapping != 0) {
      EXPECT_GE(address, mappings.at(mapping).first);
      EXPECT_LT(address, mappings.at(mapping).second);
    }
    EXPECT_TRUE(locations.emplace(id, names).second);
  }

  void ReadSample(pbf_reader in) {
    Sample sample;
    while (in.next()) {
      switch (in.tag()) {
        case 1:
          for (uint64_t id : in.get_packed_uint64()) {
            const auto& names = locations.at(id);
            sample.functions.insert(sample.functions.end(), names.begin(),
                                    names.end());
          }
          break;
        case 2:
          for (int64_t value : in.get_packed_int64()) {
            sample.values.push_back(value);
          }
          break;
        default:
          ReadLabel(in.get_message(), &sample);
      }
    }
    EXPECT_EQ(sample.values.size(), units.size());
    EXPECT_FALSE(sample.functions.empty());
    samples.push_back(sample);
  }

  void ReadLabel(pbf_reader in, Sample* sample) const {
    std::string key;
    while (in.next()) {
      int64_t value = in.get_int64();
      if (in.tag() == 1) key = texts.at(static_cast<size_t>(value));
      if (in.tag() == 2) sample->state = texts.at(static_cast<size_t>(value));
      if (in.tag() == 3) sample->goroutine = value;
    }
    EXPECT_EQ(key,
              sample->goroutine != 0 && in.tag() == 3 ? "goroutine" : "state");
  }

  // The sums of the values of all samples with a function named like this.
  std::vector<int64_t> Sum(const std::string& part) const {
    std::vector<int64_t> sum(units.size());
    for (const Sample& sample : samples) {
      if (!sample.Has(part)) continue;
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += sample.values[i];
    }
    return sum;
  }

  std::string text;
  std::vector<std::string> texts;
  std::vector<std::string> units;
  std::string period_unit;
  int64_t period = 0;
  int64_t unix_ns = 0;
  int64_t duration_ns = 0;
  std::map<uint64_t, std::pair<uint64_t, uint64_t>> mappings;
  std::set<std::string> files;
  std::map<uint64_t, std::string> functions;
  std::map<std::string, std::string> sources;      // By name.
  std::map<std::string, std::set<int64_t>> lines;  // By function.
  std::map<uint64_t, std::vector<std::string>> locations;
  std::vector<Sample> samples;
};

// What has been collected since: block and mutex profiles never forget.
Decoded Written(Profile profile, const std::string& name) {
  std::string path = PathFor(name);
  absl::Status status = pprof::Write(profile, path);
  EXPECT_TRUE(status.ok()) << status;
  Decoded result(path);
  unlink(path.c_str());
  return result;
}

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

[[gnu::noinline]] void WaitForOne(Chan<int> c) {
  c.Recv();
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

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

using BlockProfileTest = testing::RuntimeTest;
RT_INSTANTIATE(BlockProfileTest);

// Runs `body` with every wait sampled; what that added.
std::vector<int64_t> Blocked(const std::string& function,
                             absl::FunctionRef<void()> body) {
  auto before = Written(Profile::kBlock, "before").Sum(function);
  pprof::SetBlockProfileRate(absl::Nanoseconds(1));
  body();
  pprof::SetBlockProfileRate(absl::ZeroDuration());
  auto after = Written(Profile::kBlock, "after").Sum(function);
  return {after[0] - before[0], after[1] - before[1]};
}

TEST_P(BlockProfileTest, AddsUpWaitsByStack) {
  Main([] {
    int64_t waited_ns = 0;
    auto got = Blocked("WaitForOne", [&] {
      auto c = MakeChan<int>();
      WaitGroup wg;
      for (int i = 0; i < 5; ++i) wg.Go([=] { WaitForOne(c); });
      WaitUntilBlocked(5);
      absl::Time begin = Now();
      Sleep(absl::Milliseconds(5));
      waited_ns = absl::ToInt64Nanoseconds(Now() - begin);
      c.Close();
      wg.Wait();
    });
    EXPECT_EQ(got[0], 5);
    EXPECT_GE(got[1], 5 * waited_ns);
    Decoded profile = Written(Profile::kBlock, "block");
    EXPECT_THAT(profile.units,
                ElementsAre("contentions/count", "delay/nanoseconds"));
    for (const auto& sample : profile.samples) {
      EXPECT_FALSE(sample.functions[0].starts_with("rt::internal::"));
    }
  });
}

TEST_P(BlockProfileTest, CountsWaitsForGoroutinesOnly) {
  Main([] {
    auto got = Blocked("CountsWaitsForGoroutinesOnly",
                       [] { Sleep(absl::Milliseconds(1)); });
    EXPECT_THAT(got, ElementsAre(0, 0));
    got = Blocked("CountsWaitsForGoroutinesOnly", [] {
      auto c = MakeChan<int>();
      Go([=] {
        WaitUntilBlocked(1);
        c.Close();
      });
      c.Recv();
    });
    EXPECT_EQ(got[0], 1);
  });
}

TEST_P(BlockProfileTest, IsOffUnlessAskedFor) {
  Main([] {
    auto before = Written(Profile::kBlock, "off").Sum("");
    WaitGroup wg;
    wg.Go([] { Gosched(); });
    wg.Wait();
    EXPECT_EQ(Written(Profile::kBlock, "off").Sum(""), before);
  });
}

[[gnu::noinline]] void ShortWaits(int n) {
  auto ping = MakeChan<int>();
  auto pong = MakeChan<int>();
  Go([=] {
    for (int i = 0; i < n; ++i) {
      ping.Recv();
      pong.Send(i);
    }
  });
  for (int i = 0; i < n; ++i) {
    ping.Send(i);
    pong.Recv();
  }
}

// Few of many short waits are sampled, and stand for the others.
TEST_P(BlockProfileTest, SamplesStandForAll) {
  constexpr int kRounds = 20'000;
  Main([] {
    auto time_of = [](absl::Duration rate) {
      auto before = Written(Profile::kBlock, "before").Sum("ShortWaits");
      pprof::SetBlockProfileRate(rate);
      ShortWaits(kRounds);
      pprof::SetBlockProfileRate(absl::ZeroDuration());
      auto after = Written(Profile::kBlock, "after").Sum("ShortWaits");
      return static_cast<double>(after[0] - before[0]);
    };
    double all = time_of(absl::Nanoseconds(1));
    double sampled = time_of(absl::Microseconds(20));
    EXPECT_GE(all, kRounds / 2);
    // The counts are estimates: a wait of 100 ns is sampled once in 200 times.
    EXPECT_GE(sampled, all / 10);
    EXPECT_LE(sampled, all * 10);
  });
}

using MutexProfileTest = testing::RuntimeTest;
RT_INSTANTIATE(MutexProfileTest);

template <typename Lockable>
[[gnu::noinline]] void HoldFor(Lockable* mu, absl::Duration time) {
  WaitUntilBlocked(3);
  Sleep(time);
  mu->Unlock();
  std::atomic_signal_fence(std::memory_order_seq_cst);
}

template <typename Lockable>
std::vector<int64_t> Contended(int fraction, absl::Duration time) {
  auto before = Written(Profile::kMutex, "before").Sum("HoldFor");
  EXPECT_EQ(pprof::SetMutexProfileFraction(fraction), 0);
  Lockable mu;
  WaitGroup wg;
  mu.Lock();
  for (int i = 0; i < 3; ++i) {
    wg.Go([&] {
      mu.Lock();
      mu.Unlock();
    });
  }
  HoldFor(&mu, time);
  wg.Wait();
  EXPECT_EQ(pprof::SetMutexProfileFraction(-1), fraction);
  EXPECT_EQ(pprof::SetMutexProfileFraction(0), fraction);
  auto after = Written(Profile::kMutex, "after").Sum("HoldFor");
  return {after[0] - before[0], after[1] - before[1]};
}

TEST_P(MutexProfileTest, BlamesWhoUnlocks) {
  Main([] {
    constexpr absl::Duration kTime = absl::Milliseconds(3);
    // The others' waits are ended by each other, not by HoldFor.
    for (const auto& got :
         {Contended<Mutex>(1, kTime), Contended<RWMutex>(1, kTime)}) {
      EXPECT_EQ(got[0], 1);
      EXPECT_GE(got[1], absl::ToInt64Nanoseconds(kTime));
    }
  });
}

TEST_P(MutexProfileTest, ASampleStandsForOthers) {
  Main([] {
    constexpr absl::Duration kTime = absl::Microseconds(10);
    int64_t count = 0;
    for (int i = 0; i < 200; ++i) count += Contended<Mutex>(4, kTime)[0];
    EXPECT_EQ(count % 4, 0);
    EXPECT_GE(count, 100);
    EXPECT_LE(count, 400);
  });
}

TEST_P(MutexProfileTest, IsOffUnlessAskedFor) {
  Main([] {
    EXPECT_THAT(Contended<Mutex>(0, absl::ZeroDuration()), ElementsAre(0, 0));
  });
}

}  // namespace
}  // namespace rt
