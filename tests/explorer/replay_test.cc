// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A replay line gives the same steps and the same verdict; one that cannot be
// trusted is refused with the reason. And: the same search twice tells the same
// story, to the letter.

#include <atomic>
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "gtest/gtest.h"
#include "runtime/explorer/explore.h"
#include "runtime/explorer/report_json.h"
#include "runtime/explorer/report_text.h"
#include "runtime/explorer/schedule.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Decision;
using ::rt::explorer::Explore;
using ::rt::explorer::FormatSchedule;
using ::rt::explorer::Options;
using ::rt::explorer::ParseSchedule;
using ::rt::explorer::ProgramHash;
using ::rt::explorer::Refuse;
using ::rt::explorer::Result;
using ::rt::explorer::Schedule;
using ::rt::explorer::Verdict;

void RareRace() {
  int n = 0;
  std::atomic<int> turn = 0;
  rt::WaitGroup wg;
  wg.Go([&] {
    turn = 1;
    if (turn == 2) n = 1;
  });
  wg.Go([&] {
    if (turn == 1) turn = 2;
    n = 2;
  });
  wg.Wait();
}

void RareDeadlock() {
  rt::Mutex a, b;
  rt::WaitGroup wg;
  wg.Go([&] {
    a.Lock();
    b.Lock();
    b.Unlock();
    a.Unlock();
  });
  wg.Go([&] {
    b.Lock();
    a.Lock();
    a.Unlock();
    b.Unlock();
  });
  wg.Wait();
}

void RareChoice() {
  auto c = rt::MakeChan<uint64_t>(2);
  rt::Go([=] { c.Send(rt::explorer::Choose(5)); });
  rt::Go([=] { c.Send(rt::explorer::Choose(7)); });
  uint64_t first = *c.Recv();
  uint64_t second = *c.Recv();
  if (first == 6 && second == 3) Refuse(Verdict::kWrong, "6, then 3");
}

void OnlyChoice() {
  EXPECT_EQ(rt::explorer::Choose(1), 0u);
  RareChoice();
}

void Leak() {
  auto c = rt::MakeChan<std::string>();
  for (int i = 0; i < 3; ++i) rt::Go([=] { c.Send("x"); });
  c.Recv();
}

void Polls() {
  std::atomic<bool> done = false;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      while (!done) rt::Gosched();
    });
  }
  wg.Wait();
}

// Found where looking again is no spinning yet.
void GivesUp() {
  std::atomic<bool> done = false;
  rt::WaitGroup wg;
  wg.Go([&] { done = true; });
  int looks = 0;
  while (!done && ++looks < 50) rt::Gosched();
  if (looks == 50) Refuse(Verdict::kWrong, "it gave up");
  wg.Wait();
}

struct Case {
  const char* name;
  Verdict verdict;
  void (*body)();
};

void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

class ReplayTest : public testing::TestWithParam<Case> {};

TEST_P(ReplayTest, GivesTheSameStory) {
  Result found = Explore(Options(), GetParam().body);
  ASSERT_EQ(found.verdict, GetParam().verdict) << found.summary;
  ASSERT_FALSE(found.replay.empty());
  Options options;
  options.replay = found.replay;
  Result again = Explore(options, GetParam().body);
  EXPECT_EQ(again.executions, 1u);
  // What differs is the count of executions before.
  again.executions = found.executions;
  again.found_in = found.found_in;
  again.shortened = found.shortened;
  EXPECT_EQ(TextReport(again, "x"), TextReport(found, "x"));
  EXPECT_EQ(JsonReport(again, "x"), JsonReport(found, "x"));
}

TEST_P(ReplayTest, SearchingTwiceTellsTheSame) {
  Result first = Explore(Options(), GetParam().body);
  Result second = Explore(Options(), GetParam().body);
  EXPECT_EQ(JsonReport(first, "x"), JsonReport(second, "x"));
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, ReplayTest,
    testing::Values(Case{"race", Verdict::kRace, &RareRace},
                    Case{"deadlock", Verdict::kDeadlock, &RareDeadlock},
                    Case{"choice", Verdict::kWrong, &RareChoice},
                    Case{"only_choice", Verdict::kWrong, &OnlyChoice},
                    Case{"leak", Verdict::kLeak, &Leak},
                    Case{"gives_up", Verdict::kWrong, &GivesUp},
                    Case{"livelock", Verdict::kLivelock, &Polls}));

TEST(Replay, OfAnotherProgramIsRefused) {
  Options options;
  options.replay = FormatSchedule({}, ProgramHash() + 1);
  Result result = Explore(options, &RareRace);
  EXPECT_EQ(result.verdict, Verdict::kGrader);
  EXPECT_EQ(result.summary,
            "the program has changed since this replay line was printed: grade "
            "again to get a new one");
}

TEST(Replay, ThatDoesNotFitIsRefused) {
  Options options;
  options.replay = FormatSchedule({{false, 17}}, ProgramHash());
  EXPECT_EQ(Explore(options, &RareRace).verdict, Verdict::kGrader);
}

TEST(Schedule, IsReadAsItWasWritten) {
  Schedule schedule = {{false, 0}, {false, 0}, {true, 0}, {true, 0},
                       {false, 3}, {true, 12}, {false, 3}};
  std::string line = FormatSchedule(schedule, 0xabcdef);
  EXPECT_EQ(line, "1-00abcdef-0x2.v0.v0.3.v12.3");
  auto parsed = ParseSchedule(line, 0xabcdef);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, schedule);
  EXPECT_EQ(*ParseSchedule(FormatSchedule({}, 1), 1), Schedule());
}

TEST(Schedule, RefusesWhatIsNoLine) {
  for (const char* line :
       {"", "x", "1-00000001", "1-zz-0", "1-00000001-q", "1-00000001-0x",
        "1-00000001-0x0", "1-00000001-0x99999999999", "1-00000001-0..1",
        "1-00000001-v", "2-00000001-0", "1-00000001-0-0"}) {
    EXPECT_FALSE(ParseSchedule(line, 1).ok()) << line;
  }
}

// Nothing but the choices decides, or the explorer says so.
TEST(Nondeterminism, IsReported) {
  int runs = 0;
  Result result = Explore(Options(), [&runs] {
    bool odd = ++runs % 2 == 1;
    rt::WaitGroup wg;
    std::atomic<int> n = 0;
    for (int i = 0; i < 2; ++i) {
      wg.Go([&] {
        if (odd) ++n;
        ++n;
      });
    }
    wg.Wait();
  });
  EXPECT_EQ(result.verdict, Verdict::kGrader);
}

}  // namespace
