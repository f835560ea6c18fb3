// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Misuse, and what the program says when it dies of it: Go's words, the place,
// exit status 2. One row each.

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/errgroup.h"
#include "runtime/runtime.h"
#include "runtime/singleflight.h"
#include "tests/support/failure.h"

namespace rt {
namespace {

struct Misuse {
  const char* name;
  void (*body)();
  std::string stderr_regex;  // POSIX extended; a dot matches a line's end, too.
};

void PrintTo(const Misuse& misuse, std::ostream* out) { *out << misuse.name; }

[[gnu::noinline]] int Recurse(int n) {
  volatile char frame[512];
  frame[0] = static_cast<char>(n);
  return n < 0 ? 0 : Recurse(n + 1) + frame[0];
}

[[gnu::noinline]] void ReadTable() { throw Panic("no table"); }

// What a call that would wait says inside of Blocking, and what else is in the
// dump.
std::string InsideBlocking(const std::string& call,
                           const std::string& others = "") {
  return "^fatal error: " + call +
         " inside rt::Blocking: what that calls may block its thread, but not "
         "wait or yield as a goroutine; do so before or after it\n\n"
         "goroutine 1 \\[running\\]:\n.*lambda.*misuse_test.cc:[0-9]+\n" +
         others;
}

// At the call, though nobody would call it before later.
constexpr char kGoOfNil[] =
    "^fatal error: go of nil func value\n\n"
    "goroutine 1 \\[running\\]:\n.*lambda.*\n\t.*misuse_test.cc:[0-9]+\n";

const Misuse kMisuses[] = {
    {"SendOnClosed",
     [] {
       auto c = MakeChan<int>(1);
       c.Close();
       c.Send(1);
     },
     "^panic: send on closed channel\n\ngoroutine 1 \\[running\\]:\n"
     ".*lambda.*\n\t.*misuse_test.cc:[0-9]+\n"},
    {"CloseOfClosed",
     [] {
       auto c = MakeChan<int>();
       c.Close();
       c.Close();
     },
     "^panic: close of closed channel\n\ngoroutine 1 "},
    {"CloseOfNil", [] { Chan<int>().Close(); },
     "^panic: close of nil channel\n\ngoroutine 1 "},
    {"NegativeCounter", [] { WaitGroup().Done(); },
     "^panic: sync: negative WaitGroup counter\n\ngoroutine 1 "},
    {"UnlockOfUnlocked", [] { Mutex().Unlock(); },
     "^fatal error: sync: unlock of unlocked mutex\n\n"
     "goroutine 1 \\[running\\]:\n.*misuse_test.cc:[0-9]+\n"},
    {"UnlockTwiceWhileOthersWait",
     [] {
       GOMAXPROCS(1);  // Whom the first Unlock wakes must not lock meanwhile.
       Mutex mu;
       mu.Lock();
       Go([&] { mu.Lock(); });
       Gosched();
       mu.Unlock();
       mu.Unlock();
     },
     "^fatal error: sync: unlock of unlocked mutex\n"},
    {"UnlockOfUnlockedRWMutex", [] { RWMutex().Unlock(); },
     "^fatal error: sync: Unlock of unlocked RWMutex\n\n"
     "goroutine 1 \\[running\\]:\n.*misuse_test.cc:[0-9]+\n"},
    {"RUnlockOfUnlockedRWMutex", [] { RWMutex().RUnlock(); },
     "^fatal error: sync: RUnlock of unlocked RWMutex\n\n"
     "goroutine 1 \\[running\\]:\n.*misuse_test.cc:[0-9]+\n"},
    {"UnlockOfARWMutexThatIsRead",
     [] {
       RWMutex mu;
       mu.RLock();
       mu.Unlock();
     },
     "^fatal error: sync: Unlock of unlocked RWMutex\n"},
    {"UnlockOfARWMutexThatIsReadWhileAWriterWaits",
     [] {
       RWMutex mu;
       mu.RLock();
       Go([&] { mu.Lock(); });
       while (mu.TryRLock()) {
         mu.RUnlock();
         Gosched();
       }
       mu.Unlock();
     },
     "^fatal error: sync: Unlock of unlocked RWMutex\n"},
    {"RUnlockOfARWMutexThatIsWritten",
     [] {
       RWMutex mu;
       mu.Lock();
       mu.RUnlock();
     },
     "^fatal error: sync: RUnlock of unlocked RWMutex\n"},
    {"RUnlockOfARWMutexThatIsWrittenWhileAReaderWaits",
     [] {
       GOMAXPROCS(1);
       RWMutex mu;
       mu.Lock();
       Go([&] { mu.RLock(); });
       Gosched();
       mu.RUnlock();
     },
     "^fatal error: sync: RUnlock of unlocked RWMutex\n"},
    {"RUnlockTooOften",
     [] {
       RWMutex mu;
       mu.RLock();
       mu.RUnlock();
       mu.RUnlock();
     },
     "^fatal error: sync: RUnlock of unlocked RWMutex\n"},
    {"WaitAtACondWithoutTheLock",
     [] {
       Mutex mu;
       Cond(&mu).Wait();
     },
     "^fatal error: sync: unlock of unlocked mutex\n\n"
     "goroutine 1 \\[running\\]:\n.*misuse_test.cc:[0-9]+\n"},
    {"PanicInDoChan",
     [] {
       singleflight::Group<int, int> group;
       auto chan = group.DoChan(1, []() -> int { throw Panic("offline"); });
       try {
         chan.Recv();
       } catch (...) {
       }
     },
     "^panic: offline\n\ngoroutine [0-9]+ \\[running\\]:\n"
     ".*misuse_test.cc:[0-9]+\n"},
    {"ExceptionInDoChan",
     [] {
       singleflight::Group<int, int> group;
       group.DoChan(1, [] { return std::vector<int>().at(1); }).Recv();
     },
     "^panic: .*vector.*at.*misuse_test.cc:[0-9]+\n"},
    {"PanicInDoThatDoChanShares",  // Though whoever called Do would catch it.
     [] {
       singleflight::Group<int, int> group;
       auto go_on = MakeChan<bool>();
       Go([&] {
         try {
           group.Do(1, [&]() -> int {
             go_on.Send(true);
             go_on.Recv();
             throw Panic("offline");
           });
         } catch (const Panic&) {
           _exit(0);
         }
       });
       go_on.Recv();
       auto chan = group.DoChan(1, [] { return 1; });
       go_on.Send(true);
       chan.Recv();
     },
     "^panic: offline\n\ngoroutine [0-9]+ .*misuse_test.cc:[0-9]+\n"},
    {"DeadlockOnAChannel", [] { MakeChan<int>().Recv(); },
     "^fatal error: all goroutines are asleep - deadlock!\n\n"
     "goroutine 1 \\[chan "
     "receive\\]:\n.*lambda.*\n\t.*misuse_test.cc:[0-9]+\n"},
    {"DeadlockOnSend", [] { MakeChan<int>().Send(1); },
     "deadlock!\n\ngoroutine 1 \\[chan send\\]:\n"},
    {"DeadlockOnANilChannel", [] { Chan<int>().Recv(); },
     "deadlock!\n\ngoroutine 1 \\[chan receive \\(nil chan\\)\\]:\n"},
    {"DeadlockOnSendToANilChannel", [] { Chan<int>().Send(1); },
     "deadlock!\n\ngoroutine 1 \\[chan send \\(nil chan\\)\\]:\n"
     ".*misuse_test.cc:[0-9]+\n"},
    {"DeadlockOnASelect",
     [] {
       auto a = MakeChan<int>();
       auto b = MakeChan<int>();
       Select(OnRecv(a), OnSend(b, 1));
     },
     "deadlock!\n\ngoroutine 1 \\[select\\]:\n.*misuse_test.cc:[0-9]+\n"},
    {"DeadlockOnASelectOfNilChannels",
     [] { Select(OnRecv(Chan<int>()), OnSend(Chan<int>(), 1)); },
     "deadlock!\n\ngoroutine 1 \\[select\\]:\n.*misuse_test.cc:[0-9]+\n"},
    {"DeadlockOnASelectWithoutCases", [] { Select(); },
     "deadlock!\n\ngoroutine 1 \\[select \\(no cases\\)\\]:\n"
     ".*misuse_test.cc:[0-9]+\n"},
    {"DeadlockOnASelectAnyWithoutCases", [] { SelectAny({}); },
     "deadlock!\n\ngoroutine 1 \\[select \\(no cases\\)\\]:\n"
     ".*misuse_test.cc:[0-9]+\n"},
    {"DeadlockOnAMutex",
     [] {
       Mutex mu;
       mu.Lock();
       mu.Lock();
     },
     "deadlock!\n\ngoroutine 1 \\[sync.Mutex.Lock\\]:\n"},
    {"DeadlockOnAnRLockInsideALock",
     [] {
       RWMutex mu;
       mu.Lock();
       mu.RLock();
     },
     "deadlock!\n\ngoroutine 1 \\[sync.RWMutex.RLock\\]:\n"},
    {"DeadlockOnALockInsideAnRLock",
     [] {
       RWMutex mu;
       mu.RLock();
       mu.Lock();
     },
     "deadlock!\n\ngoroutine 1 \\[sync.RWMutex.Lock\\]:\n"},
    {"DeadlockOnACond",
     [] {
       Mutex mu;
       Cond cond(&mu);
       cond.Signal();  // Nobody waits: it is lost.
       mu.Lock();
       cond.Wait();
     },
     "deadlock!\n\ngoroutine 1 \\[sync.Cond.Wait\\]:\n"},
    {"DeadlockOnAOnceInsideItself",
     [] {
       Once once;
       once.Do([&] { once.Do([] {}); });
     },
     "deadlock!\n\ngoroutine 1 \\[sync.Once.Do\\]:\n"},
    {"PanicInAOnceFunc",
     [] {
       auto f = OnceFunc([] { throw Panic("no table"); });
       try {
         f();
       } catch (const Panic&) {
       }
       f();
     },
     "^panic: no table\n\ngoroutine 1 "},
    {"PanicInAOnceFuncShowsTheFirstStack",
     [] {
       auto f = OnceFunc([] { ReadTable(); });
       try {
         f();
       } catch (const Panic&) {
       }
       f();
     },
     "^panic: no table\n\ngoroutine 1 \\[running\\]:\n.*ReadTable\\(\\)\n"},
    {"WaitGroupIsUsedAgainBeforeWaitReturns",
     [] {
       GOMAXPROCS(1);
       WaitGroup wg;
       wg.Add(1);
       Go([&] {
         wg.Done();
         wg.Add(1);
         Gosched();  // To main, which is ready.
       });
       wg.Wait();
     },
     "^panic: sync: WaitGroup is reused before previous Wait has returned\n\n"
     "goroutine 1 \\[running\\]:\n.*misuse_test.cc:[0-9]+\n"},
    {"CounterBecomesNegativeWhileSomebodyWaits",
     [] {
       GOMAXPROCS(1);
       WaitGroup wg;
       wg.Add(1);
       Go([&] { wg.Wait(); });
       Gosched();
       wg.Add(-2);
     },
     "^panic: sync: negative WaitGroup counter\n\ngoroutine 1 "},
    {"DeadlockOfTwo",
     [] {
       WaitGroup wg;
       auto c = MakeChan<int>();
       wg.Go([=] { c.Send(1); });
       wg.Wait();
     },
     "deadlock!\n\n"
     "goroutine 1 \\[sync.WaitGroup.Wait\\]:\n.*misuse_test.cc:[0-9]+\n\n"
     "goroutine [0-9]+ \\[chan send\\]:\n.*misuse_test.cc:[0-9]+\n"
     "created by .* in goroutine 1\n\t.*misuse_test.cc:[0-9]+\n"},
    {"DeadlockAfterASleep",
     [] {
       Go([] { Sleep(absl::Milliseconds(2)); });
       MakeChan<int>().Recv();
     },
     "deadlock!\n\ngoroutine 1 "},
    {"DeadlockOfALockedMain",
     [] {
       LockOSThread();
       Go([] {
         LockOSThread();
         MakeChan<int>().Recv();
       });
       MakeChan<int>().Recv();
     },
     "deadlock!\n\ngoroutine 1 \\[chan receive, locked to thread\\]:\n"},
    {"DeadlockAfterALockedThreadEnded",
     [] {
       Go([] { LockOSThread(); });
       MakeChan<int>().Recv();
     },
     "deadlock!\n\ngoroutine 1 \\[chan receive\\]:\n"},
    {"PanicInAGoroutine",
     [] {
       Go([] { throw Panic("no such user"); });
       MakeChan<int>().Recv();
     },
     "^panic: no such user\n\ngoroutine [0-9]+ \\[running\\]:\n"
     ".*misuse_test.cc:[0-9]+\ncreated by .* in goroutine 1\n"},
    {"ExceptionWhoseTextYields",
     [] {
       struct Yields : std::exception {
         const char* what() const noexcept override {
           Gosched();
           return "after others";
         }
       };
       Go([] {});
       throw Yields();
     },
     "^panic: .*Yields: after others\n\ngoroutine 1 "},
    {"ExceptionWhoseTextBlocks",
     [] {
       struct Blocks : std::exception {
         const char* what() const noexcept override {
           return Blocking([] { return "after a call"; });
         }
       };
       throw Blocks();
     },
     "^panic: .*Blocks: after a call\n\ngoroutine 1 "},
    {"PanicThatReleasesMain",  // Whose return would end the program, too.
     [] {
       GOMAXPROCS(1);
       WaitGroup wg;
       wg.Add(1);
       Go([&] {
         absl::Cleanup done = [&] { wg.Done(); };
         throw Panic("crash");
       });
       wg.Wait();
     },
     "^panic: crash\n\ngoroutine [0-9]+ \\[running\\]:\n"
     ".*misuse_test.cc:[0-9]+\n"},
    {"PanicRunsDestructorsFirst",
     [] {
       absl::Cleanup deferred = [] { std::cerr << "deferred\n"; };
       throw Panic("after it");
     },
     "^deferred\npanic: after it\n"},
    {"OtherExceptionShowsWhereItWasThrown",
     [] { static_cast<void>(std::vector<int>().at(3)); },
     "^panic: std::out_of_range: vector::.*\n\ngoroutine 1 \\[running\\]:\n"
     ".*misuse_test.cc:[0-9]+\n"},
    {"StackOverflow", [] { std::exit(Recurse(0)); },
     "^runtime: goroutine stack exceeds [0-9]+-byte limit\n"
     "fatal error: stack overflow\n\ngoroutine 1 \\[running\\]:\n"
     ".*Recurse\\(int\\)\n\t.*misuse_test.cc:[0-9]+\n"},
    {"RecvInsideBlocking", [] { Blocking([] { MakeChan<int>().Recv(); }); },
     InsideBlocking("chan receive")},
    {"SendInsideBlocking", [] { Blocking([] { MakeChan<int>().Send(1); }); },
     InsideBlocking("chan send")},
    {"NilChannelInsideBlocking", [] { Blocking([] { Chan<int>().Recv(); }); },
     InsideBlocking("chan receive \\(nil chan\\)")},
    {"SelectInsideBlocking",
     [] {
       Blocking([] {
         auto a = MakeChan<int>();
         auto b = MakeChan<int>();
         Select(OnRecv(a, [] {}), OnSend(b, 1));
       });
     },
     InsideBlocking("select")},
    {"SelectWithoutCasesInsideBlocking", [] { Blocking([] { Select(); }); },
     InsideBlocking("select \\(no cases\\)")},
    {"LockInsideBlocking",
     [] {
       Mutex mu;
       mu.Lock();
       Blocking([&] { mu.Lock(); });
     },
     InsideBlocking("sync.Mutex.Lock")},
    {"RLockInsideBlocking",
     [] {
       RWMutex mu;
       mu.Lock();
       Blocking([&] { mu.RLock(); });
     },
     InsideBlocking("sync.RWMutex.RLock")},
    {"RWLockInsideBlocking",
     [] {
       RWMutex mu;
       mu.RLock();
       Blocking([&] { mu.Lock(); });
     },
     InsideBlocking("sync.RWMutex.Lock")},
    {"WaitGroupInsideBlocking",
     [] {
       WaitGroup wg;
       wg.Add(1);
       Blocking([&] { wg.Wait(); });
     },
     InsideBlocking("sync.WaitGroup.Wait")},
    {"CondInsideBlocking",
     [] {
       Mutex mu;
       Cond cond(&mu);
       mu.Lock();
       Blocking([&] { cond.Wait(); });
     },
     InsideBlocking("sync.Cond.Wait")},
    {"OnceInsideBlocking",
     [] {
       Once once;
       once.Do([&] { Blocking([&] { once.Do([] {}); }); });
     },
     InsideBlocking("sync.Once.Do")},
    {"SleepInsideBlocking",
     [] { Blocking([] { Sleep(absl::Milliseconds(1)); }); },
     InsideBlocking("sleep")},
    {"GoschedInsideBlocking", [] { Blocking([] { Gosched(); }); },
     InsideBlocking("yield")},
    {"RecvInsideABlockingInsideBlocking",
     [] {
       Blocking([] {
         Blocking([] {});
         MakeChan<int>().Recv();
       });
     },
     InsideBlocking("chan receive")},
    {"RecvInsideBlockingWhileOthersWait",
     [] {
       GOMAXPROCS(1);
       Go([] { MakeChan<int>().Send(1); });
       Gosched();
       Blocking([] { MakeChan<int>().Recv(); });
     },
     InsideBlocking("chan receive",
                    "\ngoroutine [0-9]+ \\[chan send\\]:\n"
                    ".*misuse_test.cc:[0-9]+\n")},
    {"GoOfANullPointer",
     [] {
       try {
         Go(static_cast<void (*)()>(nullptr));
       } catch (...) {  // It is no Panic.
       }
       Select();
     },
     kGoOfNil},
    {"GoOfANullPointerWithArguments",
     [] { Go(static_cast<void (*)(int)>(nullptr), 1); }, kGoOfNil},
    {"GoOfANullMemberPointer",
     [] {
       Go(static_cast<void (Mutex::*)()>(nullptr), std::make_unique<Mutex>());
     },
     kGoOfNil},
    {"GoOfAnEmptyFunction", [] { Go(std::function<void()>()); }, kGoOfNil},
    {"GoOfAnEmptyAnyInvocable", [] { Go(absl::AnyInvocable<void()>()); },
     kGoOfNil},
    {"GoOfAnEmptyFunctionInAWaitGroup",
     [] { WaitGroup().Go(std::function<void()>()); }, kGoOfNil},
    {"GoOfAnEmptyFunctionInAGroup",
     [] { errgroup::Group().Go(std::function<absl::Status()>()); }, kGoOfNil},
    {"TryGoOfAnEmptyFunctionInAGroup",
     [] {
       static_cast<void>(
           errgroup::Group().TryGo(std::function<absl::Status()>()));
     },
     kGoOfNil},
    {"DoChanOfAnEmptyFunction",
     [] {
       static_cast<void>(
           singleflight::Group<int, int>().DoChan(1, std::function<int()>()));
     },
     kGoOfNil},
    {"AfterFuncOfNone",
     [] { AfterFunc(absl::Hours(1), std::function<void()>()); }, kGoOfNil},
    {"AfterFuncOfNoneForAContext",
     [] { AfterFunc(Background(), std::function<void()>()); }, kGoOfNil},
    {"RunInsideRun", [] { rt::Run([] {}); },
     "^fatal error: rt::Run called while another rt::Run is running\n"},
};

class MisuseTest : public ::testing::TestWithParam<Misuse> {};

INSTANTIATE_TEST_SUITE_P(Rows, MisuseTest, ::testing::ValuesIn(kMisuses),
                         [](const auto& row) { return row.param.name; });

TEST_P(MisuseTest, DiesWithItsMessage) {
  testing::ExpectDeath(GetParam().body, GetParam().stderr_regex);
}

// Calls that only a goroutine can make, where there is none.
const Misuse kWithoutGoroutine[] = {
    {"Recv", [] { MakeChan<int>().Recv(); }, "chan receive"},
    {"Lock",
     [] {
       Mutex mu;
       mu.Lock();
       mu.Lock();
     },
     "sync.Mutex.Lock"},
    {"RLock",
     [] {
       RWMutex mu;
       mu.Lock();
       mu.RLock();
     },
     "sync.RWMutex.RLock"},
    {"RWLockBehindAWriter",
     [] {
       RWMutex mu;
       mu.Lock();
       mu.Lock();
     },
     "sync.RWMutex.Lock"},
    {"RWLockBehindAReader",
     [] {
       RWMutex mu;
       mu.RLock();
       mu.Lock();
     },
     "sync.RWMutex.Lock"},
    {"WaitGroup",
     [] {
       WaitGroup wg;
       wg.Add(1);
       wg.Wait();
     },
     "sync.WaitGroup.Wait"},
    {"Cond",
     [] {
       Mutex mu;
       Cond cond(&mu);
       mu.Lock();
       cond.Wait();
     },
     "sync.Cond.Wait"},
    {"Once",
     [] {
       Once once;
       once.Do([&] { once.Do([] {}); });
     },
     "sync.Once.Do"},
    {"Select",
     [] { Select(OnRecv(MakeChan<int>(), [] {}), OnSend(MakeChan<int>(), 1)); },
     "select"},
    {"Sleep", [] { Sleep(absl::Milliseconds(1)); }, "sleep"},
    {"Gosched", [] { Gosched(); }, "yield"},
    {"Goexit", [] { Goexit(); }, "rt::Goexit"},
    {"LockOSThread", [] { LockOSThread(); }, "rt::LockOSThread"},
    {"UnlockOSThread", [] { UnlockOSThread(); }, "rt::UnlockOSThread"},
    {"Blocking", [] { Blocking([] {}); }, "rt::Blocking"},
};

// And those that any thread can, but only while rt::Run runs.
const Misuse kWithoutRun[] = {
    {"Go", [] { Go([] {}); }, "rt::Go"},
    {"GOMAXPROCS", [] { GOMAXPROCS(2); }, "rt::GOMAXPROCS"},
};

class WithoutGoroutineTest : public ::testing::TestWithParam<Misuse> {};

INSTANTIATE_TEST_SUITE_P(Rows, WithoutGoroutineTest,
                         ::testing::ValuesIn(kWithoutGoroutine),
                         [](const auto& row) { return row.param.name; });

void InAThreadOfARun(void (*body)()) {
  std::exit(rt::Run([body] {
    std::thread thread(body);
    Blocking([&] { thread.join(); });
  }));
}

TEST_P(WithoutGoroutineTest, OnAPlainThread) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(InAThreadOfARun(GetParam().body), ::testing::ExitedWithCode(2),
              "^fatal error: " + GetParam().stderr_regex +
                  " on a thread that runs no goroutine \\(a std::thread\\?\\): "
                  "start a goroutine there with rt::Go, and call it from "
                  "that\n\nthread [0-9]+ \\[running\\]:\n"
                  ".*misuse_test.cc:[0-9]+\n.*goroutine 1 ");
}

class WithoutRunTest : public ::testing::TestWithParam<Misuse> {};

INSTANTIATE_TEST_SUITE_P(Rows, WithoutRunTest,
                         ::testing::ValuesIn(kWithoutGoroutine),
                         [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(AnyThread, WithoutRunTest,
                         ::testing::ValuesIn(kWithoutRun),
                         [](const auto& row) { return row.param.name; });

TEST_P(WithoutRunTest, BeforeRun) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(GetParam().body(), ::testing::ExitedWithCode(2),
              "^fatal error: " + GetParam().stderr_regex +
                  " outside of rt::Run: wrap main's body in rt::Run\n");
}

// A signal that nobody handles kills the program as any other.
TEST(MisuseOutsideTest, SignalsKill) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (int signal : {SIGTERM, SIGHUP, SIGINT, SIGUSR1}) {
    EXPECT_EXIT(rt::Run([signal] {
                  kill(getpid(), signal);
                  Select();
                }),
                ::testing::KilledBySignal(signal), "^$");
  }
}

TEST(MisuseOutsideTest, BadGOMAXPROCSIsIgnoredWithAWarning) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  for (const char* bad :
       {"abc", "0", "-1", "2x", "1e9", "1025", "1000000000", "99999999999"}) {
    EXPECT_EXIT(
        testing::RunAt(bad,
                       [] { std::exit(GOMAXPROCS(0) == NumCPU() ? 0 : 1); }),
        ::testing::ExitedWithCode(0),
        std::string("^runtime: ignored GOMAXPROCS=") + bad +
            ": want a whole number from 1 to 1024; going on as if it were not "
            "set\n$");
  }
}

TEST(MisuseOutsideTest, NonsenseInGODEBUGIsIgnoredWithAWarning) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  auto run = [] {
    setenv("GODEBUG", "nonsense", /*overwrite=*/1);
    testing::RunAt("2", [] { std::exit(GOMAXPROCS(0) == 2 ? 0 : 1); });
  };
  EXPECT_EXIT(run(), ::testing::ExitedWithCode(0),
              "^runtime: ignored GODEBUG=nonsense: there are schedtrace and "
              "scheddetail\n$");
}

}  // namespace
}  // namespace rt
