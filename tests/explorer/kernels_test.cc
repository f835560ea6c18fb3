// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Kernels of real-world concurrency bugs, each with its repaired twin: the bug
// is found with the right diagnosis, the twin verified.
//
// The bugs are those of Tu, Liu, Song, Zhang: "Understanding Real-World
// Concurrency Bugs in Go" (ASPLOS 2019), and of the benchmark GoBench (Yuan and
// others, CGO 2021), after whose names each row is called where there is one.
// The programs are written anew.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"
#include "tests/explorer/shortening.h"

namespace {

using ::rt::explorer::Result;
using ::rt::explorer::Verdict;

struct Unit {};

// A status is saved with the lock held, and saving takes it again
// (cockroach#9935, etcd#10492).
void LockedTwice(bool repaired) {
  struct Store {
    rt::Mutex mu;
    int value = 0;
    void Flush() {
      mu.Lock();
      value = 0;
      mu.Unlock();
    }
  };
  Store store;
  store.mu.Lock();
  ++store.value;
  if (repaired) store.mu.Unlock();
  store.Flush();
  if (!repaired) store.mu.Unlock();
}

// Two ways lead through the same two locks (moby#4951, cockroach#10214).
void LockedInTwoOrders(bool repaired) {
  rt::Mutex store, device;
  rt::WaitGroup wg;
  wg.Go([&] {
    store.Lock();
    device.Lock();
    device.Unlock();
    store.Unlock();
  });
  wg.Go([&] {
    rt::Mutex& first = repaired ? store : device;
    rt::Mutex& second = repaired ? device : store;
    first.Lock();
    second.Lock();
    second.Unlock();
    first.Unlock();
  });
  wg.Wait();
}

// A reader reads again, and a writer has come in between (cockroach#16167,
// cockroach#3710).
void WriterBetweenTwoReads(bool repaired) {
  rt::RWMutex mu;
  int settings = 0;
  rt::WaitGroup wg;
  wg.Go([&] {
    mu.RLock();
    if (repaired) mu.RUnlock();
    mu.RLock();
    EXPECT_GE(settings, 0);
    mu.RUnlock();
    if (!repaired) mu.RUnlock();
  });
  wg.Go([&] {
    mu.Lock();
    ++settings;
    mu.Unlock();
  });
  wg.Wait();
}

// The answer may come at the very moment of the time-out; nobody takes it then
// (kubernetes#5316).
void AnswerAfterTheTimeout(bool repaired) {
  auto answer = rt::MakeChan<int>(repaired ? 1 : 0);
  rt::Go([=] {
    rt::Sleep(absl::Milliseconds(1));
    answer.Send(1);
  });
  rt::Select(rt::OnRecv(answer), rt::OnRecv(rt::After(absl::Milliseconds(1))));
}

// Who asks for the status when the node has stopped waits for ever
// (etcd#6857).
void AskedAfterStop(bool repaired) {
  auto status = rt::MakeChan<rt::Chan<int>>();
  auto stop = rt::MakeChan<Unit>();
  auto done = rt::MakeChan<Unit>();
  rt::Go([=] {
    bool runs = true;
    while (runs) {
      rt::Select(
          rt::OnRecv(status,
                     [](std::optional<rt::Chan<int>> to) { to->Send(1); }),
          rt::OnRecv(stop, [&] { runs = false; }));
    }
    done.Close();
  });
  rt::Go([=] {
    auto answer = rt::MakeChan<int>(1);
    if (repaired) {
      rt::Select(rt::OnSend(status, answer, [&] { answer.Recv(); }),
                 rt::OnRecv(done));
    } else {
      status.Send(answer);
      answer.Recv();
    }
  });
  stop.Close();
  done.Recv();
}

// The context is replaced by another, and with it the only way to end the
// first (the study's figure 6).
void ContextReplaced(bool repaired) {
  rt::ContextAndCancel call = rt::WithCancel(rt::Background());
  rt::Go([ctx = call.ctx] { ctx.Done().Recv(); });
  if (rt::explorer::Choose(2) == 1) {
    rt::CancelFunc first = call.cancel;
    call = rt::WithCancel(rt::Background());
    if (repaired) first();
  }
  call.cancel();
}

// Both of two who look first whether it is closed may find it open (the study's
// figure 10).
void ClosedTwice(bool repaired) {
  auto stop = rt::MakeChan<Unit>();
  rt::Once once;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&, stop] {
      if (repaired) {
        once.Do([&] { stop.Close(); });
      } else {
        rt::Select(rt::OnRecv(stop), rt::Default([&] { stop.Close(); }));
      }
    });
  }
  wg.Wait();
}

// Wait may come before what is waited for has been counted (the study's
// figure 9).
void AddedTooLate(bool repaired) {
  struct Peer {
    rt::WaitGroup pending;
    std::atomic<int> sent{0};
  };
  auto peer = std::make_shared<Peer>();
  if (repaired) peer->pending.Add(1);
  rt::Go([=] {
    if (!repaired) peer->pending.Add(1);
    ++peer->sent;
    peer->pending.Done();
  });
  peer->pending.Wait();
  EXPECT_EQ(peer->sent.load(), 1);
}

// The Wait stands inside of the loop that starts what it waits for
// (moby#25384).
void WaitedInsideTheLoop(bool repaired) {
  rt::WaitGroup wg;
  wg.Add(2);
  for (int i = 0; i < 2; ++i) {
    rt::Go([&] { wg.Done(); });
    if (!repaired) wg.Wait();
  }
  wg.Wait();
}

// The flag changes without the lock, just before the waiter goes to sleep
// (moby#30408).
void FlagSetOutsideTheLock(bool repaired) {
  rt::Mutex mu;
  rt::Cond attached(&mu);
  std::atomic<bool> ready{false};
  rt::WaitGroup wg;
  wg.Go([&] {
    if (repaired) {
      mu.Lock();
      ready = true;
      mu.Unlock();
    } else {
      ready = true;
    }
    attached.Broadcast();
  });
  mu.Lock();
  attached.Wait([&] { return ready.load(); });
  mu.Unlock();
  wg.Wait();
}

// Stopped, and the timer fires all the same: select takes either (the study's
// figure 11).
void TickAfterStop(bool repaired) {
  auto tick = rt::MakeChan<int>(1);
  auto stop = rt::MakeChan<Unit>();
  tick.Send(1);
  stop.Close();
  bool stopped = false;
  if (repaired) {
    rt::Select(rt::OnRecv(stop, [&] { stopped = true; }), rt::Default());
  }
  if (stopped) return;
  rt::Select(rt::OnRecv(tick, [] { ADD_FAILURE() << "works after the stop"; }),
             rt::OnRecv(stop));
}

// No limit is meant, and the timer that is made all the same is due at once
// (the study's figure 12).
void TimerOfZero(bool repaired) {
  auto done = rt::MakeChan<int>(1);
  rt::Go([=] {
    rt::Sleep(absl::Milliseconds(1));
    done.Send(1);
  });
  rt::RecvChan<absl::Time> timeout;
  if (!repaired) timeout = rt::After(absl::ZeroDuration());
  EXPECT_EQ(rt::Select(rt::OnRecv(done), rt::OnRecv(timeout)), 0u);
}

// Whether there is enough is asked under the lock, and what follows from it is
// done under the lock, but not under the same one.
void AskedAndDoneApart(bool repaired) {
  rt::Mutex mu;
  int balance = 10;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      mu.Lock();
      bool enough = balance >= 10;
      if (!repaired) {
        mu.Unlock();
        mu.Lock();
      }
      if (enough) balance -= 10;
      mu.Unlock();
    });
  }
  wg.Wait();
  EXPECT_EQ(balance, 0);
}

// What the goroutines capture is the loop's one variable (cockroach#35501).
void LoopVariableCaptured(bool repaired) {
  rt::WaitGroup wg;
  std::atomic<int> sum{0};
  int i;
  for (i = 0; i < 3; ++i) {
    if (repaired) {
      wg.Go([&sum, i] { sum += i; });
    } else {
      wg.Go([&sum, &i] { sum += i; });
    }
  }
  wg.Wait();
  EXPECT_EQ(sum.load(), 3);
}

// A map is changed under the read lock (after many).
void MapChangedByReaders(bool repaired) {
  rt::RWMutex mu;
  std::map<int, int> hits;
  rt::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      if (repaired) {
        mu.Lock();
        ++hits[7];
        mu.Unlock();
      } else {
        mu.RLock();
        ++hits[7];
        mu.RUnlock();
      }
    });
  }
  wg.Wait();
}

struct Kernel {
  const char* name;
  Verdict verdict;
  std::function<void(bool repaired)> body;
};

void PrintTo(const Kernel& kernel, std::ostream* os) { *os << kernel.name; }

class KernelTest : public testing::TestWithParam<Kernel> {};

TEST_P(KernelTest, IsFound) {
  Result result =
      rt::explorer::CheckQuietly({}, [] { GetParam().body(false); });
  EXPECT_STREQ(VerdictText(result.verdict), VerdictText(GetParam().verdict))
      << result.summary;
  EXPECT_LE(result.found_in, 10'000u);
  EXPECT_NE(result.replay, "") << result.summary;
}

TEST_P(KernelTest, RepairedIsVerified) {
  Result result = rt::explorer::CheckQuietly({}, [] { GetParam().body(true); });
  EXPECT_TRUE(result.passed())
      << VerdictText(result.verdict) << ": " << result.summary;
  EXPECT_TRUE(result.complete);
}

TEST_P(KernelTest, IsToldShortly) {
  rt::explorer::ExpectToldShortly({}, [] { GetParam().body(false); });
}

INSTANTIATE_TEST_SUITE_P(
    Kernels, KernelTest,
    testing::Values(
        Kernel{"LockedTwice", Verdict::kDeadlock, LockedTwice},
        Kernel{"LockedInTwoOrders", Verdict::kDeadlock, LockedInTwoOrders},
        Kernel{"WriterBetweenTwoReads", Verdict::kDeadlock,
               WriterBetweenTwoReads},
        Kernel{"AnswerAfterTheTimeout", Verdict::kLeak, AnswerAfterTheTimeout},
        Kernel{"AskedAfterStop", Verdict::kLeak, AskedAfterStop},
        Kernel{"ContextReplaced", Verdict::kLeak, ContextReplaced},
        Kernel{"ClosedTwice", Verdict::kPanic, ClosedTwice},
        Kernel{"AddedTooLate", Verdict::kWrong, AddedTooLate},
        Kernel{"WaitedInsideTheLoop", Verdict::kDeadlock, WaitedInsideTheLoop},
        Kernel{"FlagSetOutsideTheLock", Verdict::kDeadlock,
               FlagSetOutsideTheLock},
        Kernel{"TickAfterStop", Verdict::kWrong, TickAfterStop},
        Kernel{"TimerOfZero", Verdict::kWrong, TimerOfZero},
        Kernel{"AskedAndDoneApart", Verdict::kWrong, AskedAndDoneApart},
        Kernel{"LoopVariableCaptured", Verdict::kRace, LoopVariableCaptured},
        Kernel{"MapChangedByReaders", Verdict::kRace, MapChangedByReaders}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
