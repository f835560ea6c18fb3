// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What reports call goroutines, locks, channels and variables.

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <ostream>
#include <regex>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/explorer/report_json.h"
#include "runtime/explorer/report_text.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::JsonReport;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::TextReport;

struct Case {
  const char* name;
  const char* summary;
  std::function<void()> body;
};

void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

class NamesTest : public testing::TestWithParam<Case> {};

TEST_P(NamesTest, AreInTheSummary) {
  Result result = CheckQuietly(Options(), GetParam().body);
  EXPECT_EQ(result.summary, GetParam().summary) << TextReport(result, "names");
}

// By the variable. What locks has another name for it.

// Its argument is in memory up to there.
void Keep(const void* variable) { asm volatile("" : : "r"(variable)); }

template <typename Lock>
void Twice(Lock& lock) {
  lock.lock();
  lock.lock();
}

void LockTwice(rt::Mutex& it) {
  it.Lock();
  it.Lock();
}

struct Account {
  int number = 0;
  rt::Mutex mu;
  int balance = 0;
};

struct Bank {
  std::array<Account, 2> accounts;
};

rt::Mutex global_mu;
Account global_account;
rt::Mutex global_forks[3];

struct Server {
  rt::Mutex mu_;
  rt::Chan<int> requests = rt::MakeChan<int>();
  void Handle() {
    rt::Mutex& it = mu_;
    LockTwice(it);
  }
};

INSTANTIATE_TEST_SUITE_P(
    Variables, NamesTest,
    testing::Values(
        Case{"local", "main waits for `mu`, which it holds itself",
             [] {
               rt::Mutex mu;
               LockTwice(mu);
             }},
        Case{"global", "main waits for `global_mu`, which it holds itself",
             [] { LockTwice(global_mu); }},
        Case{"member_of_global",
             "main waits for `global_account.mu`, which it holds itself",
             [] { LockTwice(global_account.mu); }},
        Case{"element_of_global",
             "main waits for `global_forks[1]`, which it holds itself",
             [] { LockTwice(global_forks[1]); }},
        Case{"static", "main waits for `a_static`, which it holds itself",
             [] {
               static rt::Mutex a_static;
               LockTwice(a_static);
             }},
        Case{"member", "main waits for `account.mu`, which it holds itself",
             [] {
               Account account;
               LockTwice(account.mu);
             }},
        Case{"element_of_member",
             "main waits for `bank.accounts[1].mu`, which it holds itself",
             [] {
               Bank bank;
               LockTwice(bank.accounts[1].mu);
             }},
        Case{"element", "main waits for `forks[2]`, which it holds itself",
             [] {
               rt::Mutex forks[3];
               LockTwice(forks[2]);
             }},
        Case{"element_of_vector",
             "main waits for `forks[1]`, which it holds itself",
             [] {
               std::vector<rt::Mutex> forks(3);
               LockTwice(forks[1]);
             }},
        Case{"pointer", "main waits for `account->mu`, which it holds itself",
             [] {
               auto account = std::make_unique<Account>();
               LockTwice(account->mu);
               Keep(&account);
             }},
        Case{"shared_pointer", "main waits for `*mu`, which it holds itself",
             [] {
               auto mu = std::make_shared<rt::Mutex>();
               LockTwice(*mu);
               Keep(&mu);
             }},
        Case{"of_this", "main waits for `server->mu_`, which it holds itself",
             [] {
               auto server = std::make_unique<Server>();
               server->Handle();
               Keep(&server);
             }},
        Case{"of_another_goroutine",
             "the work is done, but 1 goroutine waits for ever: goroutine 2 "
             "waits for `*mu`, which main never unlocked before it returned",
             [] {
               auto mu = std::make_shared<rt::Mutex>();
               mu->Lock();
               rt::Go([mu] {
                 rt::Mutex& it = *mu;
                 it.Lock();
                 Keep(&mu);
               });
             }},
        Case{"std_mutex", "main waits for `mu`, which it holds itself",
             [] {
               std::mutex mu;
               Twice(mu);
             }},
        Case{"receive",
             "main waits for a value from `values`, or for that to be closed",
             [] {
               auto values = rt::MakeChan<int>();
               values.Recv();
               Keep(&values);
             }},
        Case{"send", "main waits for a receiver of what it sends on `values`",
             [] {
               auto values = rt::MakeChan<int>();
               values.Send(1);
               Keep(&values);
             }},
        Case{"send_on_member",
             "main waits for a receiver of what it sends on `server.requests`",
             [] {
               Server server;
               server.requests.Send(1);
             }},
        Case{"wait_group",
             "main waits for `all_done`, whose counter never comes to 0",
             [] {
               rt::WaitGroup all_done;
               all_done.Add(1);
               all_done.Wait();
             }},
        Case{"done",
             "main waits for a context to be done, which nobody cancels",
             [] {
               auto [ctx, cancel] = rt::WithCancel(rt::Background());
               ctx.Done().Recv();
             }}),
    [](const auto& test) { return std::string(test.param.name); });

// What is only a reference or this has no other name.
TEST(Names, OfAnAlias) {
  Result result = CheckQuietly(Options(), [] {
    auto get = [] {
      static auto& hidden = *new std::unique_ptr<Account>(new Account);
      return hidden.get();
    };
    rt::Mutex& it = get()->mu;
    LockTwice(it);
  });
  EXPECT_EQ(result.summary,
            "main waits for `hidden->mu`, which it holds itself");
}

// By rt::SetName.

// The report without what changes with the file or the program.
std::string Stable(Result result) {
  result.replay.clear();
  return std::regex_replace(TextReport(result, "names"),
                            std::regex("(names_test.cc):[0-9]+"), "$1:N");
}

TEST(SetName, OfAGoroutineIsInTheWholeReport) {
  Result result = CheckQuietly(Options(), [] {
    int n = 0;
    rt::WaitGroup wg;
    wg.Go([&] {
      rt::SetName("writer");
      n = 1;
    });
    wg.Go([&] {
      rt::SetName("another with a name as long as that");
      n = 2;
    });
    wg.Wait();
  });
  EXPECT_EQ(Stable(result), R"(RACE    names
  two goroutines touch `n`, and nothing orders them
    write    tests/explorer/names_test.cc:N
             goroutine 2 "writer" holds nothing
               n = 1;
    write    tests/explorer/names_test.cc:N
             goroutine 3 "another with a name as long as that" holds nothing
               n = 2;
  step  main                    goroutine 2 "writer"    3 "another with a nam..
     1  wg.Go([&] {
     2  Go(2)
     3                          n = 1
     4  wg.Go([&] {
     5  Go(3)
     6                                                  n = 2
  would order them: one mutex held at both places, or a channel from one to the
  other
  found in interleaving 1
)");
  EXPECT_NE(JsonReport(result, "names").find(R"({"id":2,"name":"writer"})"),
            std::string::npos);
}

TEST(SetName, OfObjects) {
  Result result = CheckQuietly(Options(), [] {
    std::vector<rt::Mutex> forks(2);
    auto ch = rt::MakeChan<int>();
    rt::SetName(forks[0], "fork 0");
    rt::SetName(forks[1], "fork 1");
    rt::SetName(ch, "orders");
    rt::WaitGroup wg;
    for (int i = 0; i < 2; ++i) {
      wg.Go([&, i] {
        forks[i].Lock();
        ch.Recv();
        forks[1 - i].Lock();
      });
    }
    wg.Wait();
  });
  EXPECT_EQ(Stable(result), R"(DEADLOCK names
  3 goroutines wait for ever
    main waits for `wg`, whose counter never comes to 0
    goroutine 2 waits for a value from `orders`, or for that to be closed
    goroutine 3 waits for a value from `orders`, or for that to be closed
    waits    tests/explorer/names_test.cc:N  main
               wg.Wait();
    waits    tests/explorer/names_test.cc:N  goroutine 2 holds fork 0
               ch.Recv();
    waits    tests/explorer/names_test.cc:N  goroutine 3 holds fork 1
               ch.Recv();
  step  main                    goroutine 2             goroutine 3
     1  wg.Go([&, i] {
     2  Go(2)
     3  wg.Go([&, i] {
     4  Go(3)
     5                          forks[i].Lock()
     6                          ch.Recv()
     7                                                  forks[i].Lock()
     8                                                  ch.Recv()
  would help: one Done for each Add, on every path
  found in interleaving 1
)");
}

// The name is not that of the next one there.
void Named(bool given) {
  rt::Mutex mine;
  if (given) {
    rt::SetName(mine, "given");
    std::scoped_lock lock(mine);
  } else {
    LockTwice(mine);
  }
}

TEST(SetName, EndsWithTheVariable) {
  Result result = CheckQuietly(Options(), [] {
    Named(true);
    Named(false);
  });
  EXPECT_EQ(result.summary, "main waits for `mine`, which it holds itself");
}

TEST(SetName, EndsWithTheBlock) {
  Result result = CheckQuietly(Options(), [] {
    auto first = std::make_unique<rt::Mutex>();
    rt::SetName(*first, "given");
    first.reset();
    auto second = std::make_unique<rt::Mutex>();
    LockTwice(*second);
  });
  EXPECT_EQ(result.summary, "main waits for `*second`, which it holds itself");
}

TEST(Race, NamesTheVariableThatOneLineHasAnAliasOf) {
  Result result = CheckQuietly(Options(), [] {
    Account account;
    rt::WaitGroup wg;
    wg.Go([&] {
      int& total = account.balance;
      ++total;
    });
    wg.Go([&] { account.balance += 2; });
    wg.Wait();
  });
  EXPECT_EQ(result.summary,
            "two goroutines touch `account.balance`, and nothing orders them");
}

// A lock that has no name at all.
TEST(Names, TellTheKindOfLock) {
  auto make = [] {
    rt::RWMutex* locks = new rt::RWMutex[2];
    return reinterpret_cast<uintptr_t>(locks + 1);
  };
  Result result = CheckQuietly(Options(), [&] {
    uintptr_t hidden = ~make();
    auto lock = [&] { return reinterpret_cast<rt::RWMutex*>(~hidden); };
    (*lock()).Lock();
    (*lock()).RLock();
  });
  EXPECT_EQ(result.summary,
            "main waits for a reader-writer lock, which it holds itself");
}

}  // namespace
