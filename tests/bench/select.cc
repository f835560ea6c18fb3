// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "runtime/runtime.h"
#include "tests/bench/benchmarks.h"

namespace bench {
namespace {

// One op: a select with two receive cases of which one is ready, and a send to
// a buffer that makes the other one ready for the next op. Nothing blocks.
void SelectReady(int64_t n) {
  auto a = rt::MakeChan<int64_t>(1);
  auto b = rt::MakeChan<int64_t>(1);
  b.Send(0);
  for (int64_t i = 0; i < n; ++i) {
    rt::Select(rt::OnRecv(a, [&](std::optional<int64_t> v) { b.Send(*v); }),
               rt::OnRecv(b, [&](std::optional<int64_t> v) { a.Send(*v); }));
  }
}

// One op: a select with a receive case that is never ready, and a default.
void SelectDefault(int64_t n) {
  auto empty = rt::MakeChan<int64_t>(1);
  for (int64_t i = 0; i < n; ++i) {
    rt::Select(rt::OnRecv(empty, [] { std::abort(); }), rt::Default());
  }
}

using Four = std::array<rt::Chan<int64_t>, 4>;

Four MakeFour() {
  Four four;
  for (auto& c : four) c = rt::MakeChan<int64_t>();
  return four;
}

int64_t RecvAny(const Four& from) {
  int64_t got = 0;
  auto keep = [&got](std::optional<int64_t> v) { got = *v; };
  rt::Select(rt::OnRecv(from[0], keep), rt::OnRecv(from[1], keep),
             rt::OnRecv(from[2], keep), rt::OnRecv(from[3], keep));
  return got;
}

// One op: a round trip between two goroutines; each sends on one of its four
// unbuffered channels in turn and receives by a select of four cases.
void SelectPingpong(int64_t n) {
  Four there = MakeFour();
  Four back = MakeFour();
  Parallel(2, 2 * n, [&](int id, int64_t share) {
    for (int64_t i = 0; i < share; ++i) {
      if (id == 0) {
        there[static_cast<size_t>(i % 4)].Send(i);
        RecvAny(back);
      } else {
        int64_t v = RecvAny(there);
        back[static_cast<size_t>(v % 4)].Send(v);
      }
    }
  });
}

}  // namespace

std::vector<Benchmark> SelectBenchmarks() {
  return {
      {"select2_ready", NsPerOp(1, SelectReady)},
      {"select_default", NsPerOp(1, SelectDefault)},
      {"select4_pingpong", NsPerOp(1, SelectPingpong)},
  };
}

}  // namespace bench
