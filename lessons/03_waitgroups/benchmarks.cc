// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Add(1) before each goroutine, or Add(n) once: what does it save?
//
// Add is one atomic addition. The program starts and joins 1000 goroutines in
// both ways, many times, and takes the fastest time of each.
//
// Look at: the difference is small beside the cost of a goroutine, so choose
// what reads better. The times are your machine's, and vary.

#include <algorithm>
#include <atomic>
#include <cstdio>

#include "absl/time/time.h"
#include "runtime/runtime.h"

constexpr int kGoroutines = 1000;
constexpr int kRepeats = 20;

std::atomic<long> calls = 0;

void AddEach() {
  rt::WaitGroup wg;
  for (int i = 0; i < kGoroutines; ++i) {
    wg.Add(1);
    rt::Go([&wg] {
      calls.fetch_add(1, std::memory_order_relaxed);
      wg.Done();
    });
  }
  wg.Wait();
}

void AddOnce() {
  rt::WaitGroup wg;
  wg.Add(kGoroutines);
  for (int i = 0; i < kGoroutines; ++i) {
    rt::Go([&wg] {
      calls.fetch_add(1, std::memory_order_relaxed);
      wg.Done();
    });
  }
  wg.Wait();
}

double NanosecondsEach(void (*variant)()) {
  absl::Duration fastest = absl::InfiniteDuration();
  for (int i = 0; i < kRepeats; ++i) {
    const absl::Time start = rt::Now();
    variant();
    fastest = std::min(fastest, rt::Now() - start);
  }
  return absl::ToDoubleNanoseconds(fastest) / kGoroutines;
}

int main() {
  return rt::Run([] {
    std::printf("Add(1) each: %7.1f ns a goroutine\n",
                NanosecondsEach(AddEach));
    std::printf("Add(n) once: %7.1f ns a goroutine\n",
                NanosecondsEach(AddOnce));
    std::printf("all %ld calls were made: %s\n", calls.load(),
                calls == 2L * kRepeats * kGoroutines ? "yes" : "no");
  });
}

// Output contains:
// ns a goroutine
// all 40000 calls were made: yes
