// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A hundred requests, ten at a time: one WaitGroup, waited for after each ten.
//
// Look at: never more than ten requests are under way. The price: a batch takes
// as long as its slowest request, while the other nine places are idle. The
// exercise three_at_a_time does it without that pause.

#include <algorithm>
#include <cstdio>

#include "absl/time/time.h"
#include "runtime/runtime.h"

constexpr int kRequests = 100;
constexpr int kBatch = 10;

int main() {
  return rt::Run([] {
    rt::Mutex mu;
    int under_way = 0;
    int most = 0;
    int served = 0;
    auto request = [&] {
      mu.Lock();
      most = std::max(most, ++under_way);
      mu.Unlock();
      rt::Sleep(absl::Milliseconds(1));
      mu.Lock();
      --under_way;
      ++served;
      mu.Unlock();
    };
    // [demo:batches]
    rt::WaitGroup batch;
    for (int i = 1; i <= kRequests; ++i) {
      batch.Go(request);
      if (i % kBatch == 0) batch.Wait();
    }
    batch.Wait();
    // [/demo:batches]
    std::printf("%d requests served\n", served);
    std::printf("more than %d at once: %s\n", kBatch,
                most > kBatch ? "yes" : "never");
  });
}

// Output:
// 100 requests served
// more than 10 at once: never
