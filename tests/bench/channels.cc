// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <cstdint>
#include <vector>

#include "runtime/runtime.h"
#include "tests/bench/benchmarks.h"

namespace bench {
namespace {

constexpr int kBuffer = 128;
constexpr int kSide = 4;  // Producers, and consumers, of chan_mpmc.

// One op: a round trip between two goroutines over two unbuffered channels, so
// two sends and two receives, each pair a rendezvous.
void PingpongUnbuffered(int64_t n) {
  auto ping = rt::MakeChan<int64_t>();
  auto pong = rt::MakeChan<int64_t>();
  rt::Go([ping, pong] {
    for (int64_t v : ping) pong.Send(v);
    pong.Close();
  });
  for (int64_t i = 0; i < n; ++i) {
    ping.Send(i);
    static_cast<void>(pong.Recv());
  }
  ping.Close();
  static_cast<void>(pong.Recv());
}

// One op: a send and a receive by the same goroutine on a channel of capacity
// 1. Nothing blocks.
void ChanUncontended(int64_t n) {
  auto c = rt::MakeChan<int64_t>(1);
  for (int64_t i = 0; i < n; ++i) {
    c.Send(i);
    static_cast<void>(c.Recv());
  }
}

// Moves n integers from `side` producers to as many consumers.
void Transfer(int64_t n, int side, int capacity) {
  auto c = rt::MakeChan<int64_t>(capacity);
  Parallel(2 * side, 2 * n, [&](int id, int64_t share) {
    if (id < side) {
      for (int64_t i = 0; i < share; ++i) c.Send(i);
    } else {
      for (int64_t i = 0; i < share; ++i) static_cast<void>(c.Recv());
    }
  });
}

// One op: one integer moved from one producer to one consumer through a channel
// of capacity 128.
void ChanBufferedSpsc(int64_t n) { Transfer(n, 1, kBuffer); }

// The same through an unbuffered channel.
void ChanUnbufferedSpsc(int64_t n) { Transfer(n, 1, 0); }

// One op: one integer moved from any of 4 producers to any of 4 consumers
// through one channel of capacity 128.
void ChanMpmc(int64_t n) { Transfer(n, kSide, kBuffer); }

}  // namespace

std::vector<Benchmark> ChannelBenchmarks() {
  return {
      {"pingpong_unbuffered", NsPerOp(1, PingpongUnbuffered)},
      {"chan_uncontended", NsPerOp(1, ChanUncontended)},
      {"chan_buffered_spsc", NsPerOp(1, ChanBufferedSpsc)},
      {"chan_unbuffered_spsc", NsPerOp(1, ChanUnbufferedSpsc)},
      {"chan_mpmc", NsPerOp(kSide, ChanMpmc)},
  };
}

}  // namespace bench
