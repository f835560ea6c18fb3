// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Traces: well-formed, and true.

#include "runtime/trace.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "runtime/internal/sanitizer.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using Json = nlohmann::json;
using Lane = std::pair<int, int>;

std::string PathFor(const std::string& name) {
  return ::testing::TempDir() + "/" + name + std::to_string(getpid()) + ".json";
}

struct Slice {
  double begin;
  double end;
  std::string name;
  std::string stopped_by;
};

// The file at `path`, checked for what is true of every trace.
struct Trace {
  explicit Trace(const std::string& path) {
    std::ifstream file(path);
    Json all = Json::parse(file);
    std::map<int, Json> begun;
    for (const Json& event : all["traceEvents"]) {
      std::string phase = event["ph"];
      std::string name = event["name"];
      if (phase == "M") {
        if (name == "thread_name") {
          lane_names.insert(event["args"]["name"].get<std::string>());
        }
        if (name == "dropped") {
          EXPECT_EQ(event["args"]["events"], 0);
        }
        continue;
      }
      Lane lane = {event["pid"], event["tid"]};
      EXPECT_GE(event["ts"], 0);
      if (phase == "X") {
        double begin = event["ts"];
        double length = event["dur"];
        EXPECT_GE(length, 0);
        std::string why =
            event.contains("args") ? event["args"].value("stopped by", "") : "";
        slices[lane].push_back({begin, begin + length, name, why});
      } else if (phase == "i") {
        instants.push_back(name);
      } else if (phase == "s") {
        EXPECT_TRUE(begun.emplace(event["id"], event).second);
        starts.push_back(event);
      } else if (phase == "f") {
        EXPECT_EQ(begun.count(event["id"]), 1u);
        EXPECT_EQ(begun[event["id"]]["cat"], event["cat"]);
        EXPECT_LE(begun[event["id"]]["ts"], event["ts"]);
        ends.push_back(event);
      } else {
        ADD_FAILURE() << event;
      }
    }
    std::remove(path.c_str());
    for (auto& [lane, list] : slices) {
      std::sort(list.begin(), list.end(), [](const Slice& a, const Slice& b) {
        return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
      });
      if (lane.first != 1) continue;
      // One goroutine at a time. Times are microseconds in floating point.
      for (size_t i = 1; i < list.size(); ++i) {
        EXPECT_GE(list[i].begin, list[i - 1].end - 0.001) << list[i].name;
      }
    }
    for (const Json& arrow : starts) EXPECT_TRUE(InASlice(arrow)) << arrow;
    for (const Json& arrow : ends) EXPECT_TRUE(InASlice(arrow)) << arrow;
  }

  bool InASlice(const Json& event) const {
    auto at = slices.find({event["pid"], event["tid"]});
    if (at == slices.end()) return false;
    double ts = event["ts"];
    return std::any_of(
        at->second.begin(), at->second.end(), [&](const Slice& slice) {
          return slice.begin - 0.001 <= ts && ts <= slice.end + 0.001;
        });
  }

  // What stopped goroutines on P's, and the names of other threads' slices.
  std::set<std::string> Reasons() const {
    std::set<std::string> reasons;
    for (const auto& [lane, list] : slices) {
      for (const Slice& slice : list) {
        reasons.insert(lane.first == 1 ? slice.stopped_by : slice.name);
      }
    }
    return reasons;
  }

  int Arrows(const std::string& name) const {
    return static_cast<int>(std::count_if(
        ends.begin(), ends.end(),
        [&](const Json& arrow) { return arrow["name"] == name; }));
  }

  std::map<Lane, std::vector<Slice>> slices;
  std::vector<std::string> instants;
  std::vector<Json> starts;
  std::vector<Json> ends;
  std::set<std::string> lane_names;
};

class TraceTest : public testing::RuntimeTest {
 protected:
  // With several P's there may be nobody on the P whom it could let run; then
  // it goes on, and does not show.
  static void ExpectGosched(const Trace& trace) {
    if (GetParam() == 1) {
      EXPECT_THAT(trace.Reasons(), Contains("Gosched"));
    }
  }
};
RT_INSTANTIATE(TraceTest);

TEST_P(TraceTest, ShowsWhoRanAndWhy) {
  std::string path = PathFor("runs");
  Main([&] {
    ASSERT_TRUE(trace::Start(path).ok());
    auto c = MakeChan<int>();
    WaitGroup wg;
    wg.Go([&] {
      for (int i = 0; i < 10; ++i) c.Send(i);
      c.Close();
    });
    wg.Go([] {
      Gosched();
      Sleep(absl::Milliseconds(1));
      Blocking([] { return usleep(100); });
    });
    while (c.Recv()) {
    }
    wg.Wait();
    absl::Status status = trace::Stop();
    ASSERT_TRUE(status.ok()) << status;
    Trace trace(path);
    EXPECT_THAT(trace.Reasons(), IsSupersetOf({"return", "sleep", "system call",
                                               "timer", "end of the trace"}));
    ExpectGosched(trace);
    EXPECT_TRUE(trace.Reasons().contains("chan receive") ||
                trace.Reasons().contains("chan send"));
    EXPECT_EQ(trace.Arrows("go"), 2);
    EXPECT_GE(trace.Arrows("ready"), 2);  // The sleeper's, and of the channel.
    EXPECT_THAT(trace.lane_names, Contains(HasSubstr("P")));
    EXPECT_THAT(trace.lane_names, Contains(HasSubstr("M")));
  });
}

TEST_P(TraceTest, WhileAllRun) {
  std::string path = PathFor("busy");
  Main([&] {
    std::atomic<bool> stop{false};
    WaitGroup wg;
    Mutex mu;
    for (int g = 0; g < 8; ++g) {
      wg.Go([&] {
        while (!stop) {
          WaitGroup inner;
          inner.Go([] { Gosched(); });
          inner.Wait();
          mu.Lock();
          Gosched();
          mu.Unlock();
        }
      });
    }
    for (int round = 0; round < 3; ++round) {
      ASSERT_TRUE(trace::Start(path).ok());
      for (int i = 0; i < 50; ++i) {
        WaitGroup own;
        own.Go([] {});
        own.Wait();
        Gosched();
      }
      ASSERT_TRUE(trace::Stop().ok());
      Trace trace(path);
      ExpectGosched(trace);
      EXPECT_GT(trace.Arrows("go"), 0);
    }
    stop = true;
    wg.Wait();
  });
}

TEST(TraceStealTest, ShowsStealsAndGOMAXPROCS) {
  std::string path = PathFor("steals");
  rt::Run([&] {
    ASSERT_TRUE(trace::Start(path).ok());
    GOMAXPROCS(2);
    std::atomic<int> ran{0};
    for (int i = 0; i < 10; ++i) Go([&] { ++ran; });
    // No call of rt in this loop: whoever runs, runs elsewhere.
    while (ran < 10) std::this_thread::yield();
    ASSERT_TRUE(trace::Stop().ok());
  });
  Trace trace(path);
  EXPECT_THAT(trace.instants, Contains("GOMAXPROCS=2"));
  EXPECT_THAT(trace.instants, Contains(HasSubstr("steals goroutine")));
  EXPECT_GT(trace.Arrows("steal"), 0);
  EXPECT_THAT(trace.lane_names, IsSupersetOf({"P0", "P1"}));
}

TEST(TracePreemptionTest, ShowsWhoStoppedWhom) {
  std::string path = PathFor("preemption");
  rt::Run([&] {
    GOMAXPROCS(1);
    ASSERT_TRUE(trace::Start(path).ok());
    std::atomic<bool> stop{false};
    Go([&] { stop = true; });
    while (!stop) {
      if (internal::kTsan) usleep(0);  // Signals wait for a system call.
    }
    ASSERT_TRUE(trace::Stop().ok());
  });
  Trace trace(path);
  EXPECT_THAT(trace.Reasons(), Contains("preemption"));
  EXPECT_THAT(trace.Reasons(), Contains("preempt P0"));
  EXPECT_GT(trace.Arrows("preempt"), 0);     // From sysmon to whom it stopped,
  EXPECT_GT(trace.Arrows("preemption"), 0);  // and on to where that goes on.
  EXPECT_THAT(trace.lane_names, Contains("sysmon"));
}

TEST(TraceRetakeTest, ShowsWhoTookThePOfASystemCall) {
  std::string path = PathFor("retake");
  rt::Run([&] {
    GOMAXPROCS(1);
    ASSERT_TRUE(trace::Start(path).ok());
    std::atomic<bool> ran{false};
    Go([&] { ran = true; });
    Blocking([&] {
      while (!ran) usleep(100);
    });
    ASSERT_TRUE(trace::Stop().ok());
  });
  Trace trace(path);
  EXPECT_THAT(trace.Reasons(), Contains("retake P0"));
  EXPECT_GT(trace.Arrows("retake"), 0);
}

TEST(TraceMisuseTest, StartsAndStopsInTurns) {
  rt::Run([] {
    EXPECT_THAT(trace::Stop().message(), HasSubstr("no trace"));
    EXPECT_THAT(trace::Start("/nowhere/trace.json").message(),
                HasSubstr("/nowhere/trace.json: No such file"));
    std::string path = PathFor("twice");
    ASSERT_TRUE(trace::Start(path).ok());
    EXPECT_THAT(trace::Start(path).message(), HasSubstr("already"));
    ASSERT_TRUE(trace::Stop().ok());
    Trace trace(path);
  });
}

// A program that is run with RT_TRACE in its environment, and its trace.
struct Program {
  const char* name;
  void (*body)();
  int status;
  const char* last;  // What stopped a goroutine.
};

void PrintTo(const Program& program, std::ostream* out) {
  *out << program.name;
}

const Program kPrograms[] = {
    {"Returns", [] { Gosched(); }, 0, "return"},
    {"Deadlocks", [] { MakeChan<int>().Recv(); }, 2, "chan receive"},
    {"Panics", [] { throw Panic("in the middle"); }, 2, "end of the trace"},
    {"LeavesOneComputing",
     [] {
       GOMAXPROCS(2);
       std::atomic<bool> started{false};
       Go([&] {
         started = true;
         for (std::atomic<int> i{0};; ++i) {
         }
       });
       while (!started) Gosched();
     },
     0, "return"},
};

class TraceProgramTest : public ::testing::TestWithParam<Program> {};

INSTANTIATE_TEST_SUITE_P(Rows, TraceProgramTest, ::testing::ValuesIn(kPrograms),
                         [](const auto& row) { return row.param.name; });

TEST_P(TraceProgramTest, IsTracedToItsEnd) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  std::string path = ::testing::TempDir() + "/whole_" + GetParam().name;
  EXPECT_EXIT(
      {
        setenv("RT_TRACE", path.c_str(), /*overwrite=*/1);
        std::exit(rt::Run(GetParam().body));
      },
      ::testing::ExitedWithCode(GetParam().status), "");
  EXPECT_THAT(Trace(path).Reasons(), Contains(GetParam().last));
}

}  // namespace
}  // namespace rt
