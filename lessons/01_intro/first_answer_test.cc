// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/01_intro/first_answer.
//
// A goroutine that stays behind for ever is found by the explorer in every one
// of these checks. What a server notes is static and relaxed: goroutines go on
// when a check is over, and an answer must not be ordered by its grader.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "exercises/01_intro/first_answer/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

// For accesses that are the grader's own and must not count as the program's.
#define NOT_INSTRUMENTED __attribute__((no_sanitize("thread")))

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::Refuse;
using ::rt::explorer::Verdict;

constexpr auto kUnordered = std::memory_order_relaxed;
constexpr absl::Duration kQuick = absl::Milliseconds(10);
constexpr absl::Duration kSlow = absl::Milliseconds(100);
constexpr absl::Duration kUntilAllHaveAnswered = absl::Milliseconds(1000);

Server ServerWith(int answer) {
  return [answer] { return answer; };
}

Server ServerWith(int answer, absl::Duration needs) {
  return [answer, needs] {
    rt::Sleep(needs);
    return answer;
  };
}

// A server that knows whether it has been destroyed. Whoever asks it then has
// kept a reference where a copy was needed.
class MortalServer {
 public:
  explicit MortalServer(absl::Duration needs) : needs_(needs) {}
  MortalServer(const MortalServer& other) : needs_(other.needs_) {}
  MortalServer& operator=(const MortalServer&) = delete;
  NOT_INSTRUMENTED ~MortalServer() { alive_ = 0; }

  int operator()() const {
    CheckAlive();
    rt::Sleep(needs_);
    CheckAlive();
    return 1;
  }

 private:
  static constexpr uint32_t kAlive = 0x600DF00D;

  NOT_INSTRUMENTED void CheckAlive() const {
    if (alive_ != kAlive) {
      Refuse(Verdict::kMemory,
             "a goroutine uses a server that is gone: it outlives the call of "
             "FirstAnswer, so it needs a copy of its own");
    }
  }

  // Volatile, because the compiler knows that nobody may look after the end.
  volatile uint32_t alive_ = kAlive;
  absl::Duration needs_;
};

// Waits, with the part of the stack overwritten that the function which has
// just returned has used, so that a reference to one of its variables leads
// nowhere; and refuses an answer that writes through one. Returns the time at
// which it was called.
[[gnu::noinline]] NOT_INSTRUMENTED absl::Time OverwriteStackAndWait() {
  constexpr uint64_t kGone = 0xDEADDEADDEADDEAD;
  uint64_t stack[512];
  for (uint64_t& word : stack) word = kGone;
  asm volatile("" : : "r"(stack) : "memory");  // Others may look at it.
  const absl::Time called = rt::Now();
  rt::Sleep(kUntilAllHaveAnswered);
  asm volatile("" : : "r"(stack) : "memory");
  for (const uint64_t& word : stack) {
    if (word != kGone) {
      Refuse(Verdict::kMemory,
             "a goroutine writes a variable of FirstAnswer, which has returned "
             "long ago");
    }
  }
  return called;
}

struct Outcome {
  int answer;
  absl::Duration took;
};

// Calls FirstAnswer and lets the slow servers answer before it returns.
Outcome Ask(const std::vector<Server>& servers) {
  const absl::Time begin = rt::Now();
  const int answer = FirstAnswer(servers);
  const absl::Time end = OverwriteStackAndWait();
  return {answer, end - begin};
}

TEST(FirstAnswer, SlowServersMayAnswerWhenTheCallIsOver) {
  Check([] {
    auto servers = std::make_unique<std::vector<Server>>();
    for (absl::Duration needs : {kQuick, kSlow}) {
      servers->push_back(MortalServer(needs));
    }

    FirstAnswer(*servers);

    servers.reset();
    OverwriteStackAndWait();
  });
}

TEST(FirstAnswer, TheQuickServerWins) {
  Check([] {
    const Outcome got = Ask({ServerWith(1, kSlow), ServerWith(2, kQuick)});
    EXPECT_EQ(got.answer, 2);
  });
  Check([] {
    const Outcome got = Ask({ServerWith(1, kQuick), ServerWith(2, kSlow)});
    EXPECT_EQ(got.answer, 1);
  });
}

TEST(FirstAnswer, OneServerIsEnough) {
  Check([] { EXPECT_EQ(Ask({ServerWith(5)}).answer, 5); });
}

TEST(FirstAnswer, EitherOfTwoEquallyQuickServersMayWin) {
  Check([] {
    const int answer = Ask({ServerWith(1), ServerWith(2)}).answer;
    EXPECT_TRUE(answer == 1 || answer == 2) << "the answer was " << answer;
  });
}

TEST(FirstAnswer, ThreeServersMayAnswerAtOnce) {
  Check([] {
    const int answer =
        Ask({ServerWith(1), ServerWith(2), ServerWith(3)}).answer;
    EXPECT_TRUE(answer >= 1 && answer <= 3) << "the answer was " << answer;
  });
}

TEST(FirstAnswer, NobodyWaitsForTheSlowServers) {
  Check([] {
    const Outcome got = Ask({ServerWith(1, kSlow), ServerWith(2, kQuick)});
    if (got.took >= kSlow) {
      Refuse(Verdict::kSlow,
             "the first answer was there after 10 ms, and FirstAnswer returned "
             "after 100 ms, when the slow server had answered");
    }
  });
}

TEST(FirstAnswer, EveryServerIsAskedOnceAndAtTheSameTime) {
  struct Asked {
    std::atomic<int> times;
    std::atomic<int64_t> at_ns;
  };
  static std::array<Asked, 2> asked;
  static absl::Time begin;
  Check([] {
    begin = rt::Now();
    std::vector<Server> servers;
    for (Asked& one : asked) {
      one.times.store(0, kUnordered);
      servers.push_back([&one] {
        one.times.fetch_add(1, kUnordered);
        one.at_ns.store(absl::ToInt64Nanoseconds(rt::Now() - begin),
                        kUnordered);
        rt::Sleep(kQuick);
        return 1;
      });
    }

    Ask(servers);

    for (const Asked& one : asked) {
      EXPECT_EQ(one.times.load(kUnordered), 1)
          << "how often a server was asked";
      if (one.at_ns.load(kUnordered) >= absl::ToInt64Nanoseconds(kQuick)) {
        Refuse(Verdict::kSerial,
               "a server was asked when another had answered already");
      }
    }
  });
}

}  // namespace
