// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A select allocates nothing, so it leaves nothing behind: not at the channels,
// either, at which it did not succeed, again and again.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <new>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/internal/sched.h"
#include "runtime/runtime.h"

namespace {

// Of the whole program, by all threads.
std::atomic<int64_t> allocations{0};

void* Allocate(size_t size, size_t alignment) {
  ++allocations;
  size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* p = std::aligned_alloc(alignment, rounded);
  if (p == nullptr) std::abort();
  return p;
}

}  // namespace

// The array forms, and those with a size, call these.
void* operator new(size_t size) {
  return Allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
void* operator new(size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<size_t>(alignment));
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept {
  std::free(p);
}

namespace rt {
namespace {

constexpr int kWarmUp = 1'000;
constexpr int kSelects = 100'000;

struct Channels {
  Chan<int> used = MakeChan<int>();
  Chan<int> never = MakeChan<int>();
  std::vector<SelectCase> cases;  // Of receiving from either.
};

void Send(Channels& c, int n) {
  for (int i = 0; i < n; ++i) c.used.Send(i);
}

void SelectSend(Channels& c, int n) {
  for (int i = 0; i < n; ++i) Select(OnSend(c.used, i), OnRecv(c.never));
}

void Recv(Channels& c, int n) {
  for (int i = 0; i < n; ++i) c.used.Recv();
}

void SelectRecv(Channels& c, int n) {
  for (int i = 0; i < n; ++i) Select(OnRecv(c.used), OnRecv(c.never));
}

void SelectAnyRecv(Channels& c, int n) {
  for (int i = 0; i < n; ++i) SelectAny(c.cases);
}

void Poll(Channels& c, int n) {
  for (int i = 0; i < n;) {
    Select(OnRecv(c.used, [&] { ++i; }), OnRecv(c.never),
           Default([] { Gosched(); }));
  }
}

struct Pair {
  const char* name;
  void (*give)(Channels& c, int n);
  void (*take)(Channels& c, int n);
};

void PrintTo(const Pair& pair, std::ostream* out) { *out << pair.name; }

const Pair kPairs[] = {
    {"SendSelectRecv", Send, SelectRecv},
    {"SelectSendRecv", SelectSend, Recv},
    {"SelectSendSelectRecv", SelectSend, SelectRecv},
    {"SendSelectAnyRecv", Send, SelectAnyRecv},
    {"SelectSendPoll", SelectSend, Poll},
};

class SelectMemoryTest
    : public ::testing::TestWithParam<std::tuple<Pair, int>> {};

INSTANTIATE_TEST_SUITE_P(Rows, SelectMemoryTest,
                         ::testing::Combine(::testing::ValuesIn(kPairs),
                                            ::testing::Values(1, 2, 4)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param).name) +
                                  std::to_string(std::get<1>(row.param));
                         });

TEST_P(SelectMemoryTest, NotOneAllocation) {
  const Pair& pair = std::get<0>(GetParam());
  EXPECT_EQ(rt::Run([&] {
              GOMAXPROCS(std::get<1>(GetParam()));
              Channels c;
              c.cases.push_back(OnRecv(c.never));
              c.cases.push_back(OnRecv(c.used));
              WaitGroup wg;
              wg.Go([&] { pair.give(c, kWarmUp + kSelects); });
              pair.take(c, kWarmUp);
              // It makes room for what it has seen of the P's.
              const auto& rounds = internal::ActiveScheduler()->sysmon.rounds;
              for (int64_t now = rounds; rounds < now + 2;) Gosched();
              int64_t before = allocations;
              pair.take(c, kSelects);
              EXPECT_EQ(allocations, before);
              wg.Wait();
            }),
            0);
}

// What the others rely on.
TEST(SelectMemoryOutsideTest, AllocationsAreCounted) {
  int64_t before = allocations;
  void* some = ::operator new(1);  // A new expression may be left out.
  EXPECT_EQ(allocations, before + 1);
  ::operator delete(some);
}

}  // namespace
}  // namespace rt
