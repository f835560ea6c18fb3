// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Whole programs made of channels, of the kind that Go's test/chan has: chains
// of goroutines, and two prime sieves. (Power series: power_series_test.cc.)

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::RuntimeTest;

using ChanProgramTest = RuntimeTest;
RT_INSTANTIATE(ChanProgramTest);

// --- Chains -----------------------------------------------------------------

// As fifo.go: each goroutine waits for the one before it, so that what was sent
// first comes first though all of them receive from one channel.
TEST_P(ChanProgramTest, AChainKeepsOrder) {
  Main([] {
    constexpr int kLinks = 10;
    auto values = MakeChan<int>();
    auto first = MakeChan<bool>();
    RecvChan<bool> in = first;
    WaitGroup wg;
    for (int i = 0; i < kLinks; ++i) {
      auto out = MakeChan<bool>();
      wg.Go([=] {
        in.Recv();
        EXPECT_EQ(values.Recv(), i);
        out.Send(true);
      });
      in = out;
    }
    first.Send(true);
    for (int i = 0; i < kLinks; ++i) values.Send(i);
    in.Recv();
    wg.Wait();
  });
}

// As goroutines.go: a number goes through a long chain, one step at each link.
TEST_P(ChanProgramTest, ALongChainCountsItsLinks) {
  Main([] {
    constexpr int kLinks = 1'000;
    auto leftmost = MakeChan<int>();
    Chan<int> left = leftmost;
    for (int i = 0; i < kLinks; ++i) {
      auto right = MakeChan<int>();
      Go([=] { left.Send(*right.Recv() + 1); });
      left = right;
    }
    left.Send(0);
    EXPECT_EQ(leftmost.Recv(), kLinks);
  });
}

// --- Sieves -----------------------------------------------------------------

std::vector<int> PrimesByDivision(size_t count) {
  std::vector<int> primes;
  for (int n = 2; primes.size() < count; ++n) {
    bool prime = true;
    for (int p : primes) prime = prime && n % p != 0;
    if (prime) primes.push_back(n);
  }
  return primes;
}

// As sieve1.go: a filter for each prime, one behind the other.
TEST_P(ChanProgramTest, SieveOfFilters) {
  Main([] {
    auto quit = MakeChan<bool>();
    auto numbers = MakeChan<int>();
    WaitGroup wg;
    wg.Go([=] {
      for (int n = 2; Select(OnSend(numbers, n), OnRecv(quit)) == 0; ++n) {
      }
      numbers.Close();
    });
    std::vector<int> expected = PrimesByDivision(60);
    std::vector<int> primes;
    RecvChan<int> in = numbers;
    while (primes.size() < expected.size()) {
      int prime = *in.Recv();
      primes.push_back(prime);
      auto out = MakeChan<int>();
      wg.Go([=] {
        for (int n : in) {
          if (n % prime == 0) continue;
          if (Select(OnSend(out, n), OnRecv(quit)) == 1) break;
        }
        out.Close();
      });
      in = out;
    }
    EXPECT_EQ(primes, expected);
    quit.Close();
    wg.Wait();
  });
}

// The odd multiples of a prime, from its square on, until `quit`; then kNoMore.
class Multiples {
 public:
  static constexpr int kNoMore = std::numeric_limits<int>::max();

  Multiples(int prime, const RecvChan<bool>& quit, WaitGroup& wg)
      : stream_(MakeChan<int>(10)) {
    wg.Go([prime, quit, to = stream_] {
      for (int n = prime * prime; Select(OnSend(to, n), OnRecv(quit)) == 0;
           n += 2 * prime) {
      }
      to.Close();
    });
    Next();
  }
  int head() const { return head_; }
  void Next() { head_ = stream_.Recv().value_or(kNoMore); }

 private:
  Chan<int> stream_;
  int head_ = 0;
};

// As sieve2.go: the composites are merged from the multiples of the primes that
// are known, and the primes are what lies between them. One goroutine waits to
// hear of a prime and to hand over a composite, whichever comes first.
TEST_P(ChanProgramTest, SieveOfMergedMultiples) {
  Main([] {
    auto quit = MakeChan<bool>();
    auto found = MakeChan<int>();
    auto composites = MakeChan<int>();
    WaitGroup wg;
    wg.Go([&wg, quit, found, composites] {
      using Stream = std::unique_ptr<Multiples>;
      auto later = [](const Stream& a, const Stream& b) {
        return a->head() > b->head();
      };
      std::vector<Stream> heap;
      bool more = true;
      while (more) {
        Chan<int> to = heap.empty() ? Chan<int>() : composites;
        int least = heap.empty() ? 0 : heap.front()->head();
        Select(OnRecv(quit, [&] { more = false; }),
               OnRecv(found,
                      [&](std::optional<int> prime) {
                        heap.push_back(
                            std::make_unique<Multiples>(*prime, quit, wg));
                        std::push_heap(heap.begin(), heap.end(), later);
                      }),
               OnSend(to, least, [&] {
                 while (heap.front()->head() == least) {
                   std::pop_heap(heap.begin(), heap.end(), later);
                   heap.back()->Next();
                   std::push_heap(heap.begin(), heap.end(), later);
                 }
               }));
      }
    });
    std::vector<int> expected = PrimesByDivision(100);
    std::vector<int> primes = {2, 3};
    found.Send(3);
    int composite = *composites.Recv();
    for (int n = 5; primes.size() < expected.size(); n += 2) {
      if (n == composite) {
        composite = *composites.Recv();
        continue;
      }
      primes.push_back(n);
      found.Send(n);
    }
    EXPECT_EQ(primes, expected);
    quit.Close();
    wg.Wait();
  });
}

}  // namespace
}  // namespace rt
