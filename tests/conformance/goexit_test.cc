// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/failure.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ::testing::ElementsAre;

using GoexitTest = testing::RuntimeTest;
RT_INSTANTIATE(GoexitTest);

// What `body` notes in a goroutine of its own, which must not survive it.
std::vector<std::string> Notes(void (*body)(std::vector<std::string>& notes)) {
  std::vector<std::string> notes;
  WaitGroup wg;
  wg.Go([&] {
    body(notes);
    notes.push_back("after");
  });
  wg.Wait();
  return notes;
}

[[gnu::noinline]] void ExitBelow(std::vector<std::string>& notes, int depth) {
  absl::Cleanup deferred = [&] { notes.push_back(std::to_string(depth)); };
  if (depth == 0) Goexit();
  if (depth > 0) ExitBelow(notes, depth - 1);
}

TEST_P(GoexitTest, RunsDestructorsFromTheInnermostOn) {
  Main([] {
    EXPECT_THAT(Notes([](auto& notes) { ExitBelow(notes, 2); }),
                ElementsAre("0", "1", "2"));
  });
}

TEST_P(GoexitTest, HandlersOfExceptionsDoNotSeeIt) {
  Main([] {
    EXPECT_THAT(Notes([](auto& notes) {
                  try {
                    Goexit();
                  } catch (const std::exception&) {
                    notes.push_back("caught");
                  } catch (int) {
                    notes.push_back("caught");
                  }
                }),
                ElementsAre());
  });
}

TEST_P(GoexitTest, AHandlerOfEverythingDoesNotStopIt) {
  Main([] {
    EXPECT_THAT(Notes([](auto& notes) {
                  try {
                    try {
                      Goexit();
                    } catch (...) {
                      notes.push_back("inner");
                    }
                    notes.push_back("between");
                  } catch (...) {
                    notes.push_back("outer");
                    throw;
                  }
                }),
                ElementsAre("inner", "outer"));
  });
}

TEST_P(GoexitTest, WorksInsideOfAHandler) {
  Main([] {
    EXPECT_THAT(Notes([](auto& notes) {
                  try {
                    throw Panic("first");
                  } catch (const Panic& panic) {
                    notes.push_back(panic.what());
                    Goexit();
                  }
                }),
                ElementsAre("first"));
  });
}

TEST_P(GoexitTest, DestructorsMayBlockAndPanicAndRecover) {
  Main([] {
    EXPECT_THAT(Notes([](auto& notes) {
                  absl::Cleanup deferred = [&] {
                    auto c = MakeChan<int>();
                    Go([c] { c.Send(7); });
                    notes.push_back(std::to_string(c.Recv().value()));
                    try {
                      throw Panic("inside");
                    } catch (const Panic& panic) {
                      notes.push_back(panic.what());
                    }
                    Gosched();
                  };
                  Goexit();
                }),
                ElementsAre("7", "inside"));
  });
}

TEST_P(GoexitTest, DestroysTheFunctionAndItsArguments) {
  Main([] {
    auto alive = std::make_shared<int>(1);
    WaitGroup wg;
    wg.Add(1);
    Go([alive, last = absl::MakeCleanup([&wg] { wg.Done(); })] { Goexit(); });
    wg.Wait();
    testing::YieldUntil([] { return NumGoroutine() == 1; });
    EXPECT_EQ(alive.use_count(), 1);
  });
}

TEST_P(GoexitTest, ManyAtOnce) {
  Main([] {
    WaitGroup wg;
    int destroyed = 0;
    Mutex mu;
    for (int i = 0; i < 500; ++i) {
      wg.Go([&] {
        absl::Cleanup deferred = [&] {
          mu.Lock();
          ++destroyed;
          mu.Unlock();
        };
        Gosched();
        Goexit();
      });
    }
    wg.Wait();
    EXPECT_EQ(destroyed, 500);
  });
}

struct DeathRow {
  const char* name;
  void (*body)();
  const char* stderr_regex;
};

void PrintTo(const DeathRow& row, std::ostream* out) { *out << row.name; }

const DeathRow kDeaths[] = {
    {"MainLeavesNobody", [] { Goexit(); },
     "^fatal error: no goroutines \\(main called runtime.Goexit\\) - "
     "deadlock!\n$"},
    {"MainLeavesOneThatEnds",
     [] {
       auto left = MakeChan<int>();
       absl::Cleanup deferred = [left] {
         std::cerr << "deferred\n";
         left.Close();
       };
       Go([left] {
         left.Recv();
         std::cerr << "went on\n";
       });
       Goexit();
     },
     "^deferred\nwent on\nfatal error: no goroutines \\(main called "
     "runtime.Goexit\\) - deadlock!\n$"},
    {"MainLeavesOneThatBlocks",
     [] {
       Go([] { MakeChan<int>().Recv(); });
       Goexit();
     },
     "^fatal error: all goroutines are asleep - deadlock!\n\n"
     "goroutine [0-9]+ \\[chan receive\\]:\n"},
    {"FromANoexceptFunction", [] { []() noexcept { Goexit(); }(); },
     "^fatal error: rt::Goexit from a noexcept function\n\ngoroutine 1 "
     "\\[running\\]:\n.*goexit_test.cc:[0-9]+\n"},
};

class GoexitDeathTest : public ::testing::TestWithParam<DeathRow> {};

INSTANTIATE_TEST_SUITE_P(Rows, GoexitDeathTest, ::testing::ValuesIn(kDeaths),
                         [](const auto& row) { return row.param.name; });

TEST_P(GoexitDeathTest, DiesWithItsMessage) {
  testing::ExpectDeath(GetParam().body, GetParam().stderr_regex);
}

}  // namespace
}  // namespace rt
