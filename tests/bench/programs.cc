// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <cstdint>
#include <vector>

#include "runtime/runtime.h"
#include "tests/bench/benchmarks.h"

namespace bench {
namespace {

constexpr int kFanOut = 10;

void SkynetNode(const rt::SendChan<int64_t>& parent, int64_t first,
                int64_t leaves) {
  if (leaves == 1) {
    parent.Send(first);
    return;
  }
  auto children = rt::MakeChan<int64_t>();
  for (int i = 0; i < kFanOut; ++i) {
    rt::Go(
        [children, first = first + i * (leaves / kFanOut),
         leaves = leaves / kFanOut] { SkynetNode(children, first, leaves); });
  }
  int64_t sum = 0;
  for (int i = 0; i < kFanOut; ++i) sum += *children.Recv();
  parent.Send(sum);
}

// One tree of goroutines with fan-out 10 and 1,000,000 leaves. An inner node
// makes an unbuffered channel, starts ten children, adds what they send, and
// sends the sum to its parent; a leaf sends its number. 1,111,111 goroutines
// and 111,111 channels.
void Skynet(Effort effort) {
  const int64_t leaves = effort.Count(1'000'000, 1000);
  auto result = rt::MakeChan<int64_t>();
  rt::Go([result, leaves] { SkynetNode(result, 0, leaves); });
  Check(result.Recv() == leaves * (leaves - 1) / 2, "skynet's sum is wrong");
}

void SieveFilter(const rt::RecvChan<int64_t>& in,
                 const rt::SendChan<int64_t>& out, int64_t prime) {
  for (int64_t v : in) {
    if (v % prime != 0) out.Send(v);
  }
  out.Close();
}

// The first 2000 primes with one goroutine for each, linked by unbuffered
// channels. The source sends 2..17389 and closes; the time includes the end of
// the chain. 2,042,625 rendezvous.
void Sieve(Effort effort) {
  const int64_t primes = effort.Count(2000, 10);
  const int64_t last = effort.Count(17389, 29);
  auto source = rt::MakeChan<int64_t>();
  rt::Go([source, last] {
    for (int64_t i = 2; i <= last; ++i) source.Send(i);
    source.Close();
  });
  rt::RecvChan<int64_t> in = source;
  int64_t prime = 0;
  for (int64_t i = 0; i < primes; ++i) {
    prime = *in.Recv();
    auto out = rt::MakeChan<int64_t>();
    rt::Go([in, out, prime] { SieveFilter(in, out, prime); });
    in = out;
  }
  Check(!in.Recv().has_value(), "there is a number beyond the last prime");
  Check(prime == last, "the last prime is wrong");
}

int64_t Fib(int64_t n) {
  if (n < 2) return n;
  auto c = rt::MakeChan<int64_t>(1);
  rt::Go([c, n] { c.Send(Fib(n - 1)); });
  int64_t b = Fib(n - 2);
  return *c.Recv() + b;
}

// fib(27) by fork and join: a call with n >= 2 makes a channel of capacity 1,
// starts a goroutine that sends fib(n - 1), computes fib(n - 2) itself, and
// receives. 317,810 goroutines and channels, 635,621 calls.
void Fib27(Effort effort) {
  Check(Fib(effort.Count(27, 12)) == effort.Count(196'418, 144),
        "fib is wrong");
}

}  // namespace

std::vector<Benchmark> ProgramBenchmarks() {
  return {
      {"skynet", MsTotal(Skynet)},
      {"sieve", MsTotal(Sieve)},
      {"fib", MsTotal(Fib27)},
  };
}

}  // namespace bench
