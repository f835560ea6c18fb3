// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Everything at once, on real threads, for some seconds: each part below keeps
// one area of the runtime busy and counts what must be true at its end, while
// the number of processors changes under all of them. ThreadSanitizer and
// AddressSanitizer watch the rest.
//
// The parts end after an amount of work, not after a time: on a slow machine
// the test takes longer, and does not do less.

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/net.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

// Ten seconds or so; ThreadSanitizer makes each round 30 times as long.
#if defined(__SANITIZE_THREAD__)
constexpr int kRounds = 5;
#else
constexpr int kRounds = 50;
#endif

// Goroutines of goroutines: each of them ends, and once.
void Spawn(std::mt19937 random) {
  std::atomic<int> ended = 0;
  int started = 0;
  WaitGroup all;
  for (int i = 0; i < 200; ++i) {
    int children = static_cast<int>(random() % 10);
    started += 1 + children;
    all.Go([&ended, &all, children] {
      for (int k = 0; k < children; ++k) {
        all.Go([&ended, k] {
          ++ended;
          if (k % 3 == 0) Goexit();
          if (k % 3 == 1) Gosched();
        });
      }
      ++ended;
    });
  }
  all.Wait();
  EXPECT_EQ(ended, started);
}

// Producers, workers, one that adds up: no value is lost or made.
void Pipeline(std::mt19937 random) {
  constexpr int kProducers = 4;
  constexpr int kValues = 300;
  auto raw = MakeChan<int>(random() % 4);
  auto squares = MakeChan<int64_t>(random() % 4);
  WaitGroup producers, workers;
  for (int p = 0; p < kProducers; ++p) {
    producers.Go([=] {
      for (int v = 1; v <= kValues; ++v) raw.Send(v);
    });
  }
  for (int w = 0; w < 3; ++w) {
    workers.Go([=] {
      for (int v : raw) squares.Send(int64_t{v} * v);
    });
  }
  Go([&, raw, squares] {
    producers.Wait();
    raw.Close();
    workers.Wait();
    squares.Close();
  });
  int64_t sum = 0;
  for (int64_t s : squares) sum += s;
  EXPECT_EQ(sum, int64_t{kProducers} * kValues * (kValues + 1) *
                     (2 * kValues + 1) / 6);
}

// Tokens that selects pass on between channels, with a hand for each token and
// a way out: as many arrive as were sent in.
void Selects(std::mt19937 random) {
  constexpr int kTokens = 8;
  constexpr int kHops = 200;
  std::array<Chan<int>, 3> ring = {MakeChan<int>(kTokens), MakeChan<int>(1),
                                   MakeChan<int>(kTokens)};
  auto done = MakeChan<int>();
  auto stop = MakeChan<bool>();
  WaitGroup movers;
  for (int i = 0; i < 6; ++i) {
    // The first one looks everywhere, so that no token stays.
    movers.Go([&, wait = i == 0 || random() % 2 == 0] {
      for (bool going = true; going;) {
        std::optional<int> hops;
        auto take = [&](std::optional<int> v) { hops = v; };
        if (wait) {
          Select(OnRecv(ring[0], take), OnRecv(ring[1], take),
                 OnRecv(ring[2], take), OnRecv(stop, [&] { going = false; }));
        } else if (Select(OnRecv(ring[0], take), OnRecv(ring[2], take),
                          OnRecv(stop, [&] { going = false; }),
                          OnRecv(After(absl::Microseconds(50)))) == 3) {
          continue;
        }
        if (!hops.has_value()) continue;
        if (*hops == 0) {
          done.Send(1);
        } else {
          Select(OnSend(ring[0], *hops - 1), OnSend(ring[1], *hops - 1),
                 OnSend(ring[2], *hops - 1));
        }
      }
    });
  }
  for (int t = 0; t < kTokens; ++t) ring[0].Send(kHops);
  for (int t = 0; t < kTokens; ++t) done.Recv();
  stop.Close();
  movers.Wait();
  for (const auto& c : ring) EXPECT_EQ(c.Len(), 0);
}

// Each timer's function is called, or its Stop says that it will not be.
void Timers(std::mt19937 random) {
  constexpr int kTimers = 200;
  std::atomic<int> called = 0;
  WaitGroup calls;
  int stopped = 0;
  for (int i = 0; i < kTimers; ++i) {
    calls.Add(1);
    Timer timer = AfterFunc(absl::Microseconds(random() % 500), [&] {
      ++called;
      calls.Done();
    });
    if (random() % 4 == 0) Sleep(absl::Microseconds(random() % 100));
    if (random() % 2 == 0 && timer.Stop()) {
      ++stopped;
      calls.Done();
    }
  }
  Ticker ticker = NewTicker(absl::Microseconds(100));
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(ticker.C().Recv().has_value());
  ticker.Stop();
  calls.Wait();
  EXPECT_EQ(called + stopped, kTimers);
}

// A server that sends back what it gets: every byte comes home, though some of
// the readers give up at times.
void Network(std::mt19937 random) {
  constexpr int kClients = 8;
  absl::StatusOr<net::Listener> listener = net::Listen("unix", "@");
  ASSERT_TRUE(listener.ok()) << listener.status();
  WaitGroup servers, clients;
  Go([&, listener = *listener] {
    while (true) {
      absl::StatusOr<net::Conn> conn = listener.Accept();
      if (!conn.ok()) break;
      servers.Go([conn = *conn] {
        std::array<char, 100> buffer;
        for (;;) {
          absl::StatusOr<size_t> n = conn.Read(buffer);
          if (!n.ok() || *n == 0) break;
          EXPECT_TRUE(conn.Write(std::string_view(buffer.data(), *n)).ok());
        }
        EXPECT_TRUE(conn.Close().ok());
      });
    }
  });
  for (int i = 0; i < kClients; ++i) {
    clients.Go([address = listener->Addr().address, seed = random()] {
      std::mt19937 random(seed);
      absl::StatusOr<net::Conn> conn = net::Dial("unix", address);
      ASSERT_TRUE(conn.ok()) << conn.status();
      for (int message = 0; message < 20; ++message) {
        std::string sent(1 + random() % 1000, static_cast<char>(random()));
        std::string received;
        WaitGroup writer;
        writer.Go([&] { EXPECT_TRUE(conn->Write(sent).ok()); });
        while (received.size() < sent.size()) {
          if (random() % 4 == 0) {
            EXPECT_TRUE(
                conn->SetReadDeadline(Now() + absl::Microseconds(20)).ok());
          }
          std::array<char, 300> buffer;
          absl::StatusOr<size_t> n = conn->Read(buffer);
          if (absl::IsDeadlineExceeded(n.status())) {
            EXPECT_TRUE(conn->SetReadDeadline(absl::InfiniteFuture()).ok());
            continue;
          }
          ASSERT_TRUE(n.ok()) << n.status();
          ASSERT_GT(*n, 0u);
          received.append(buffer.data(), *n);
        }
        writer.Wait();
        EXPECT_EQ(received, sent);
      }
      EXPECT_TRUE(conn->Close().ok());
    });
  }
  clients.Wait();
  EXPECT_TRUE(listener->Close().ok());
  servers.Wait();
}

// Goroutines that do nothing but compute, for longer than a slice, now and then
// holding a lock of the C library: the others go on.
void Compute(std::mt19937 random) {
  WaitGroup all;
  std::atomic<uint64_t> sink = 0;
  for (int i = 0; i < 3; ++i) {
    all.Go([&sink, allocate = random() % 2 == 0] {
      absl::Time end = Now() + absl::Milliseconds(15);
      uint64_t x = 1;
      while (Now() < end) {
        for (int k = 0; k < 10'000; ++k) x = x * 6364136223846793005 + 1;
        if (allocate) x += std::make_unique<std::string>(100, 'x')->size();
      }
      sink += x;
    });
  }
  all.Wait();
}

// Locks of every kind: who has one is alone, or among readers.
void Locks(std::mt19937 random) {
  constexpr int kGoroutines = 20;
  constexpr int kSteps = 50;
  Mutex mu;
  RWMutex shared;
  int64_t locked = 0;
  int64_t left = 0, right = 0;  // Equal whenever `shared` is not written.
  WaitGroup all;
  for (int g = 0; g < kGoroutines; ++g) {
    all.Go([&, seed = random()] {
      std::mt19937 random(seed);
      for (int i = 0; i < kSteps; ++i) {
        {
          std::scoped_lock lock(mu);
          ++locked;
          if (random() % 16 == 0) Gosched();
        }
        if (random() % 4 == 0) {
          std::scoped_lock lock(shared);
          ++left;
          if (random() % 4 == 0) Gosched();
          ++right;
        } else {
          std::shared_lock lock(shared);
          EXPECT_EQ(left, right);
        }
      }
    });
  }
  all.Wait();
  EXPECT_EQ(locked, kGoroutines * kSteps);
}

// A queue with a Mutex and two Conds: everything that goes in comes out.
void Conditions(std::mt19937 random) {
  constexpr int kItems = 500;
  constexpr size_t kRoom = 3;
  Mutex mu;
  Cond not_empty(&mu), not_full(&mu);
  std::vector<int> queue;
  int64_t sum = 0;
  int taken = 0;
  WaitGroup all;
  for (int p = 0; p < 2; ++p) {
    all.Go([&] {
      for (int i = 1; i <= kItems; ++i) {
        std::scoped_lock lock(mu);
        not_full.Wait([&] { return queue.size() < kRoom; });
        queue.push_back(i);
        not_empty.Signal();
      }
    });
  }
  for (int c = 0; c < 4; ++c) {
    all.Go([&, broadcast = random() % 2 == 0] {
      for (;;) {
        std::scoped_lock lock(mu);
        not_empty.Wait([&] { return !queue.empty() || taken == 2 * kItems; });
        if (queue.empty()) return;
        sum += queue.back();
        queue.pop_back();
        if (++taken == 2 * kItems || broadcast) not_empty.Broadcast();
        not_full.Signal();
      }
    });
  }
  all.Wait();
  EXPECT_EQ(sum, int64_t{kItems} * (kItems + 1));
}

// What is shared: a Once is done once, an object of a Pool has one owner, a Map
// has what was stored last.
void Shared(std::mt19937 random) {
  constexpr int kGoroutines = 16;
  struct Object {
    std::atomic<bool> owned = false;
  };
  Once once;
  int done = 0;
  Pool<Object> pool([] { return std::make_unique<Object>(); });
  Map<int, int> map;
  WaitGroup all;
  for (int g = 0; g < kGoroutines; ++g) {
    all.Go([&, g, seed = random()] {
      std::mt19937 random(seed);
      for (int i = 0; i < 100; ++i) {
        once.Do([&] { ++done; });
        EXPECT_EQ(done, 1);
        std::unique_ptr<Object> object = pool.Get();
        EXPECT_FALSE(object->owned.exchange(true));
        if (random() % 8 == 0) Gosched();
        object->owned = false;
        pool.Put(std::move(object));
        if (random() % 64 == 0) pool.EndRound();
        map.Store(g, i);
        map.LoadOrStore(kGoroutines + static_cast<int>(random() % 8), i);
        map.Delete(kGoroutines + static_cast<int>(random() % 8));
        EXPECT_EQ(map.Load(g), i);
      }
    });
  }
  all.Wait();
}

// Threads: goroutines that keep one, and calls that block one.
void Threads(std::mt19937 random) {
  WaitGroup all;
  for (int g = 0; g < 10; ++g) {
    all.Go([seed = random()] {
      std::mt19937 random(seed);
      bool locked = random() % 2 == 0;
      if (locked) LockOSThread();
      pthread_t before = pthread_self();
      for (int i = 0; i < 20; ++i) {
        if (random() % 2 == 0) Gosched();
        int got = Blocking([i] { return i; });
        EXPECT_EQ(got, i);
        if (locked) {
          EXPECT_EQ(pthread_self(), before);
        }
      }
      if (locked && random() % 2 == 0) UnlockOSThread();
    });
  }
  all.Wait();
}

using StressTest = testing::RuntimeTest;
RT_INSTANTIATE(StressTest);

TEST_P(StressTest, EverythingAtOnce) {
  Main([] {
    for (uint32_t round = 0; round < kRounds; ++round) {
      std::mt19937 random(round);
      WaitGroup parts;
      for (auto part : {Spawn, Pipeline, Selects, Timers, Network, Compute,
                        Locks, Conditions, Shared, Threads}) {
        parts.Go([part, seed = random()] { part(std::mt19937(seed)); });
      }
      auto done = MakeChan<bool>();
      Go([&] {
        parts.Wait();
        done.Close();
      });
      auto changes = NewTicker(absl::Milliseconds(2));
      for (bool going = true; going;) {
        Select(OnRecv(changes.C(), [&] { GOMAXPROCS(1 + random() % 8); }),
               OnRecv(done, [&] { going = false; }));
      }
      GOMAXPROCS(GetParam());
    }
  });
}

}  // namespace
}  // namespace rt
