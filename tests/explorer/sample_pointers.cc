// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A grader whose code goes by addresses, run by determinism_test in several
// surroundings: its reports must be the same to the letter.

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;

struct Account {
  rt::Mutex mu;
  int balance = 10;
};

// Right: locks go by their addresses, as std::set and std::less order them.
TEST(Pointers, LockedInTheirOrder) {
  Check([] {
    std::vector<std::unique_ptr<Account>> accounts;
    for (int i = 0; i < 3; ++i) {
      accounts.push_back(std::make_unique<Account>());
    }
    rt::WaitGroup wg;
    for (int i = 0; i < 3; ++i) {
      wg.Go([&, i] {
        Account* from = accounts[i].get();
        Account* to = accounts[(i + 1) % 3].get();
        std::set<Account*> both = {from, to};
        for (Account* account : both) account->mu.Lock();
        --from->balance;
        ++to->balance;
        for (Account* account : both) account->mu.Unlock();
      });
    }
    wg.Wait();
    for (const auto& account : accounts) EXPECT_EQ(account->balance, 10);
  });
}

// Wrong in some interleavings: which, and what it says, the order decides.
TEST(Pointers, InTheOrderOfTheirHashes) {
  Check([] {
    std::vector<std::unique_ptr<int>> own;
    std::unordered_set<int*> cells;
    for (int i = 0; i < 5; ++i) {
      own.push_back(std::make_unique<int>(i));
      cells.insert(own.back().get());
    }
    std::string order;
    rt::Mutex mu;
    rt::WaitGroup wg;
    for (int* cell : cells) {
      wg.Go([&, cell] {
        mu.Lock();
        order += std::to_string(*cell);
        mu.Unlock();
      });
    }
    wg.Wait();
    EXPECT_NE(order, "14203");
    EXPECT_EQ(order.size(), 5u);
  });
}

// Wrong: an address is printed.
TEST(Pointers, ToABlock) {
  Check([] { EXPECT_EQ(std::make_unique<int>(1).get(), nullptr); });
}

TEST(Pointers, ToALargeBlock) {
  Check([] { EXPECT_EQ(std::make_unique<char[]>(100'000).get(), nullptr); });
}

TEST(Pointers, ToALocal) {
  Check([] {
    rt::WaitGroup wg;
    wg.Go([] {
      int local = 0;
      EXPECT_EQ(&local, nullptr);
    });
    wg.Wait();
  });
}

TEST(Pointers, ToAGlobal) {
  Check([] {
    static int global = 0;
    EXPECT_EQ(&global, nullptr);
  });
}

// Wrong: what a block holds before it is written to decides.
TEST(Pointers, Uninitialised) {
  Check([] {
    for (size_t i = 0; i < 20; ++i) {
      auto* block = static_cast<volatile unsigned char*>(malloc(40 + 16 * i));
      EXPECT_EQ(block[39], 0);
      block[39] = 7;
      free(const_cast<unsigned char*>(block));
    }
  });
}

}  // namespace
