// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Litmus tests of two goroutines that meet at two locations or one: store
// buffering, message passing, load buffering, coherence; and of two who watch
// two others.

#include "tests/explorer/litmus.h"

#include <atomic>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace rt::explorer {
namespace {

// SB. Each stores, and does not see what the other has stored.
std::string StoreBuffering(memory_order store, memory_order load,
                           memory_order fence, memory_order other_fence) {
  atomic<int> x = 0, y = 0;
  int a, b;
  Together({[&] {
              x.store(1, store);
              FenceIf(fence);
              a = y.load(load);
            },
            [&] {
              y.store(1, store);
              FenceIf(other_fence);
              b = x.load(load);
            }});
  return Text({a, b});
}

Litmus Sb(const char* name, memory_order store, memory_order load,
          memory_order fence, memory_order other_fence, Outcomes weak) {
  return {name,
          [=] { return StoreBuffering(store, load, fence, other_fence); },
          {"0 1", "1 0", "1 1"},
          std::move(weak)};
}

INSTANTIATE_TEST_SUITE_P(
    StoreBuffering, LitmusTest,
    testing::Values(
        Sb("Relaxed", kRelaxed, kRelaxed, kRelaxed, kRelaxed, {"0 0"}),
        Sb("ReleaseAcquire", kRelease, kAcquire, kRelaxed, kRelaxed, {"0 0"}),
        Sb("SeqCst", kSeqCst, kSeqCst, kRelaxed, kRelaxed, {}),
        Sb("SeqCstStores", kSeqCst, kAcquire, kRelaxed, kRelaxed, {"0 0"}),
        Sb("SeqCstLoads", kRelease, kSeqCst, kRelaxed, kRelaxed, {"0 0"}),
        Sb("Fences", kRelaxed, kRelaxed, kSeqCst, kSeqCst, {}),
        Sb("OneFence", kRelaxed, kRelaxed, kSeqCst, kRelaxed, {"0 0"}),
        Sb("OneFenceAndSeqCst", kSeqCst, kSeqCst, kSeqCst, kRelaxed, {}),
        Sb("WeakerFences", kRelaxed, kRelaxed, kAcqRel, kAcqRel, {"0 0"})),
    kRowName);

// MP. The flag is seen, the message not.
std::string MessagePassing(memory_order store, memory_order load,
                           memory_order store_fence, memory_order load_fence) {
  atomic<int> x = 0, y = 0;
  int a, b;
  Together({[&] {
              x.store(1, kRelaxed);
              FenceIf(store_fence);
              y.store(1, store);
            },
            [&] {
              a = y.load(load);
              FenceIf(load_fence);
              b = x.load(kRelaxed);
            }});
  return Text({a, b});
}

Litmus Mp(const char* name, memory_order store, memory_order load,
          memory_order store_fence, memory_order load_fence, Outcomes weak) {
  return {name,
          [=] { return MessagePassing(store, load, store_fence, load_fence); },
          {"0 0", "0 1", "1 1"},
          std::move(weak)};
}

INSTANTIATE_TEST_SUITE_P(
    MessagePassing, LitmusTest,
    testing::Values(
        Mp("Relaxed", kRelaxed, kRelaxed, kRelaxed, kRelaxed, {"1 0"}),
        Mp("Release", kRelease, kRelaxed, kRelaxed, kRelaxed, {"1 0"}),
        Mp("Acquire", kRelaxed, kAcquire, kRelaxed, kRelaxed, {"1 0"}),
        Mp("ReleaseAcquire", kRelease, kAcquire, kRelaxed, kRelaxed, {}),
        Mp("SeqCst", kSeqCst, kSeqCst, kRelaxed, kRelaxed, {}),
        Mp("Fences", kRelaxed, kRelaxed, kRelease, kAcquire, {}),
        Mp("ReleaseFence", kRelaxed, kAcquire, kRelease, kRelaxed, {}),
        Mp("AcquireFence", kRelease, kRelaxed, kRelaxed, kAcquire, {}),
        Mp("SeqCstFences", kRelaxed, kRelaxed, kSeqCst, kSeqCst, {}),
        Mp("OnlyReleaseFence", kRelaxed, kRelaxed, kRelease, kRelaxed, {"1 0"}),
        Mp("OnlyAcquireFence", kRelaxed, kRelaxed, kRelaxed, kAcquire, {"1 0"}),
        Mp("WrongFences", kRelaxed, kRelaxed, kAcquire, kRelease, {"1 0"})),
    kRowName);

// LB. Each loads what the other stores afterwards.
Litmus Lb(const char* name, memory_order load, memory_order store,
          Outcomes beyond) {
  return {name,
          [=] {
            atomic<int> x = 0, y = 0;
            int a, b;
            Together({[&] {
                        a = x.load(load);
                        y.store(1, store);
                      },
                      [&] {
                        b = y.load(load);
                        x.store(1, store);
                      }});
            return Text({a, b});
          },
          {"0 0", "0 1", "1 0"},
          {},
          std::move(beyond)};
}

INSTANTIATE_TEST_SUITE_P(LoadBuffering, LitmusTest,
                         testing::Values(Lb("Relaxed", kRelaxed, kRelaxed,
                                            {"1 1"}),
                                         Lb("Acquire", kAcquire, kRelaxed, {}),
                                         Lb("Release", kRelaxed, kRelease, {})),
                         kRowName);

// IRIW. Two readers see two independent writes in different orders.
Litmus Iriw(const char* name, memory_order store, memory_order load,
            memory_order fence, Outcomes weak) {
  Outcomes always;
  for (int i = 0; i < 16; ++i) {
    if (i == 0b1010) continue;
    always.insert(Text({i >> 3 & 1, i >> 2 & 1, i >> 1 & 1, i & 1}));
  }
  return {name,
          [=] {
            atomic<int> x = 0, y = 0;
            int a, b, c, d;
            Together({[&] { x.store(1, store); }, [&] { y.store(1, store); },
                      [&] {
                        a = x.load(load);
                        FenceIf(fence);
                        b = y.load(load);
                      },
                      [&] {
                        c = y.load(load);
                        FenceIf(fence);
                        d = x.load(load);
                      }});
            return Text({a, b, c, d});
          },
          std::move(always), std::move(weak)};
}

INSTANTIATE_TEST_SUITE_P(
    IndependentReads, LitmusTest,
    testing::Values(
        Iriw("Relaxed", kRelaxed, kRelaxed, kRelaxed, {"1 0 1 0"}),
        Iriw("ReleaseAcquire", kRelease, kAcquire, kRelaxed, {"1 0 1 0"}),
        Iriw("SeqCst", kSeqCst, kSeqCst, kRelaxed, {}),
        Iriw("SeqCstLoads", kRelaxed, kSeqCst, kRelaxed, {}),
        Iriw("SeqCstStores", kSeqCst, kAcquire, kRelaxed, {"1 0 1 0"}),
        Iriw("AcquireFences", kRelease, kRelaxed, kAcquire, {"1 0 1 0"}),
        Iriw("SeqCstFences", kRelaxed, kRelaxed, kSeqCst, {})),
    kRowName);

// One location behaves as ever, whatever the order.
const Litmus kCoherence[] = {
    {"ReadRead",
     [] {
       atomic<int> x = 0;
       int a, b;
       Together({[&] { x.store(1, kRelaxed); },
                 [&] {
                   a = x.load(kRelaxed);
                   b = x.load(kRelaxed);
                 }});
       return Text({a, b});
     },
     {"0 0", "0 1", "1 1"}},
    {"ReadReadElsewhere",  // The first read happens before the second.
     [] {
       atomic<int> x = 0, y = 0;
       int a, b, c;
       Together({[&] { x.store(1, kRelaxed); },
                 [&] {
                   a = x.load(kRelaxed);
                   y.store(1, kRelease);
                 },
                 [&] {
                   b = y.load(kAcquire);
                   c = x.load(kRelaxed);
                 }});
       return b == 1 ? Text({a, c}) : "not yet";
     },
     {"0 0", "0 1", "1 1", "not yet"}},
    {"TwoReaders",  // See two writes in one order.
     [] {
       atomic<int> x = 0;
       int a, b, c, d;
       Together({[&] { x.store(1, kRelaxed); }, [&] { x.store(2, kRelaxed); },
                 [&] {
                   a = x.load(kRelaxed);
                   b = x.load(kRelaxed);
                 },
                 [&] {
                   c = x.load(kRelaxed);
                   d = x.load(kRelaxed);
                 }});
       bool opposed = a != b && c != d && a == d && b == c;
       return std::string(opposed ? "opposed" : "agreed");
     },
     {"agreed"}},
    {"WriteRead",
     [] {
       atomic<int> x = 0;
       int a;
       Together({[&] {
                   x.store(1, kRelaxed);
                   a = x.load(kRelaxed);
                 },
                 [&] { x.store(2, kRelaxed); }});
       return Text({a, x.load(kRelaxed)});
     },
     {"1 1", "1 2", "2 2"}},
    {"ReadWrite",
     [] {
       atomic<int> x = 0;
       int a;
       Together({[&] {
                   a = x.load(kRelaxed);
                   x.store(1, kRelaxed);
                 },
                 [&] { x.store(2, kRelaxed); }});
       return Text({a, x.load(kRelaxed)});
     },
     {"0 1", "0 2", "2 1"}},
    {"WriteWrite",
     [] {
       atomic<int> x = 0;
       Together({[&] {
                   x.store(1, kRelaxed);
                   x.store(2, kRelaxed);
                 },
                 [&] { x.store(3, kRelaxed); }});
       return Text({x.load(kRelaxed)});
     },
     {"2", "3"}},
    {"Updates",  // None is lost, none is seen twice.
     [] {
       atomic<int> x = 0;
       int a, b;
       Together({[&] { a = x.fetch_add(1, kRelaxed); },
                 [&] { b = x.fetch_add(1, kRelaxed); }});
       return Text({a, b, x.load(kRelaxed)});
     },
     {"0 1 2", "1 0 2"}},
    {"UpdateAndStore",
     [] {
       atomic<int> x = 0;
       int a;
       Together({[&] { a = x.fetch_add(1, kRelaxed); },
                 [&] { x.store(5, kRelaxed); }});
       return Text({a, x.load(kRelaxed)});
     },
     {"0 5", "5 6"}},
};
INSTANTIATE_TEST_SUITE_P(Coherence, LitmusTest, testing::ValuesIn(kCoherence),
                         kRowName);

}  // namespace
}  // namespace rt::explorer
