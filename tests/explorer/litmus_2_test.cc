// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Litmus tests, the others: what is handed on, where stores come in the
// modification order, release sequences, compare-exchange, sizes.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "tests/explorer/litmus.h"

namespace rt::explorer {
namespace {

// WRC. What one has seen and tells of, is seen by whom it told.
Litmus Wrc(const char* name, memory_order store, memory_order load,
           Outcomes weak) {
  return {name,
          [=] {
            atomic<int> x = 0, y = 0;
            int a, b, c;
            Together({[&] { x.store(1, kRelaxed); },
                      [&] {
                        a = x.load(load);
                        y.store(1, store);
                      },
                      [&] {
                        b = y.load(load);
                        c = x.load(kRelaxed);
                      }});
            return Text({a, b, c});
          },
          {"0 0 0", "0 0 1", "0 1 0", "0 1 1", "1 0 0", "1 0 1", "1 1 1"},
          std::move(weak)};
}

// ISA2. From one to the next to a third.
Litmus Isa2(const char* name, memory_order first_store, memory_order first_load,
            memory_order store, memory_order load, Outcomes weak) {
  return {name,
          [=] {
            atomic<int> x = 0, y = 0, z = 0;
            int a, b, c;
            Together({[&] {
                        x.store(1, kRelaxed);
                        y.store(1, first_store);
                      },
                      [&] {
                        a = y.load(first_load);
                        z.store(1, store);
                      },
                      [&] {
                        b = z.load(load);
                        c = x.load(kRelaxed);
                      }});
            return Text({a, b, c});
          },
          {"0 0 0", "0 0 1", "0 1 0", "0 1 1", "1 0 0", "1 0 1", "1 1 1"},
          std::move(weak)};
}

// 2+2W. Each of two locations is left with what was stored there first.
Litmus TwoPlusTwo(const char* name, memory_order store, memory_order fence,
                  Outcomes weak) {
  return {name,
          [=] {
            atomic<int> x = 0, y = 0;
            Together({[&] {
                        x.store(1, store);
                        FenceIf(fence);
                        y.store(2, store);
                      },
                      [&] {
                        y.store(1, store);
                        FenceIf(fence);
                        x.store(2, store);
                      }});
            return Text({x, y});
          },
          {"1 2", "2 1", "2 2"},
          std::move(weak)};
}

// S. A store comes before one that its goroutine has heard of.
Litmus S(const char* name, memory_order store, memory_order load,
         Outcomes weak) {
  return {name,
          [=] {
            atomic<int> x = 0, y = 0;
            int a;
            Together({[&] {
                        x.store(2, kRelaxed);
                        y.store(1, store);
                      },
                      [&] {
                        a = y.load(load);
                        x.store(1, kRelaxed);
                      }});
            return Text({a, x});
          },
          {"0 1", "0 2", "1 1"},
          std::move(weak)};
}

// R. One is the last to store at y, and does not see what the other did before.
Litmus R(const char* name, memory_order store, memory_order load,
         memory_order fence, Outcomes weak) {
  return {name,
          [=] {
            atomic<int> x = 0, y = 0;
            int a;
            Together({[&] {
                        x.store(1, store);
                        FenceIf(fence);
                        y.store(1, store);
                      },
                      [&] {
                        y.store(2, store);
                        FenceIf(fence);
                        a = x.load(load);
                      }});
            return Text({a, y});
          },
          {"0 1", "1 1", "1 2"},
          std::move(weak)};
}

INSTANTIATE_TEST_SUITE_P(
    Chains, LitmusTest,
    testing::Values(
        Wrc("WrcRelaxed", kRelaxed, kRelaxed, {"1 1 0"}),
        Wrc("WrcRelease", kRelease, kRelaxed, {"1 1 0"}),
        Wrc("WrcReleaseAcquire", kRelease, kAcquire, {}),
        Isa2("Isa2Relaxed", kRelaxed, kRelaxed, kRelaxed, kRelaxed, {"1 1 0"}),
        Isa2("Isa2OneLinkRelaxed", kRelease, kRelaxed, kRelease, kAcquire,
             {"1 1 0"}),
        Isa2("Isa2ReleaseAcquire", kRelease, kAcquire, kRelease, kAcquire, {}),
        TwoPlusTwo("TwoPlusTwoRelaxed", kRelaxed, kRelaxed, {"1 1"}),
        TwoPlusTwo("TwoPlusTwoRelease", kRelease, kRelaxed, {"1 1"}),
        TwoPlusTwo("TwoPlusTwoAcqRelFences", kRelaxed, kAcqRel, {"1 1"}),
        TwoPlusTwo("TwoPlusTwoFences", kRelaxed, kSeqCst, {}),
        TwoPlusTwo("TwoPlusTwoSeqCst", kSeqCst, kRelaxed, {}),
        S("SRelaxed", kRelaxed, kRelaxed, {"1 2"}),
        S("SRelease", kRelease, kRelaxed, {"1 2"}),
        S("SReleaseAcquire", kRelease, kAcquire, {}),
        R("RRelaxed", kRelaxed, kRelaxed, kRelaxed, {"0 2"}),
        R("RReleaseAcquire", kRelease, kAcquire, kRelaxed, {"0 2"}),
        R("RFences", kRelaxed, kRelaxed, kSeqCst, {}),
        R("RSeqCst", kSeqCst, kSeqCst, kRelaxed, {})),
    kRowName);

// What reads the last of some stores has also seen what the first released, if
// all others are updates.
Litmus ReleaseSequence(const char* name, std::function<void(atomic<int>&)> own,
                       std::function<void(atomic<int>&)> other, int last,
                       Outcomes weak) {
  return {name,
          [=] {
            atomic<int> x = 0, y = 0;
            int a, b;
            Together({[&] {
                        x.store(1, kRelaxed);
                        y.store(1, kRelease);
                        own(y);
                      },
                      [&] { other(y); },
                      [&] {
                        a = y.load(kAcquire);
                        b = x.load(kRelaxed);
                      }});
            return a == last ? Text({b}) : "earlier";
          },
          {"1", "earlier"},
          std::move(weak)};
}

void Nothing(atomic<int>&) {}

INSTANTIATE_TEST_SUITE_P(
    ReleaseSequences, LitmusTest,
    testing::Values(
        ReleaseSequence("Update", &Nothing,
                        [](atomic<int>& y) {
                          int one = 1;
                          y.compare_exchange_strong(one, 2, kRelaxed);
                        },
                        2, {}),
        ReleaseSequence("OwnUpdate",
                        [](atomic<int>& y) { y.fetch_add(1, kRelaxed); },
                        &Nothing, 2, {}),
        // Until C++17 it was one.
        ReleaseSequence("OwnStore",
                        [](atomic<int>& y) { y.store(2, kRelaxed); }, &Nothing,
                        2, {"0"}),
        ReleaseSequence("OtherStore", &Nothing,
                        [](atomic<int>& y) {
                          if (y.load(kRelaxed) == 1) y.store(2, kRelaxed);
                        },
                        2, {"0"})),
    kRowName);

// A compare-exchange that fails is a load; one that succeeds is not.
std::string TriesAfterTheFlag(int expected, memory_order order) {
  atomic<int> x = 0, y = 0;
  int a;
  Together({[&] {
              x.store(1, kRelaxed);
              y.store(1, kRelaxed);
            },
            [&] {
              a = y.load(kRelaxed);
              x.compare_exchange_strong(expected, 2, order, kRelaxed);
            }});
  return Text({a, expected, x.load(kRelaxed)});
}

// The order of seq_cst operations goes against happens-before (Lahav and
// others, figure 2).
std::string SeqCstAgainstHappensBefore() {
  atomic<int> x = 0, y = 0;
  int a, b, c;
  Together({[&] {
              x.store(1, kSeqCst);
              y.store(1, kRelease);
            },
            [&] {
              a = y.fetch_add(1, kSeqCst);
              b = y.load(kRelaxed);
            },
            [&] {
              y.store(3, kSeqCst);
              c = x.load(kSeqCst);
            }});
  bool against = a == 1 && b == 3 && c == 0;
  return against ? "against" : "along";
}

// Store buffering, where one side has a fence and the other seq_cst accesses.
std::string FenceMeetsSeqCst() {
  atomic<int> x = 0, y = 0;
  int a, b;
  Together({[&] {
              x.store(1, kRelaxed);
              atomic_thread_fence(kSeqCst);
              a = y.load(kRelaxed);
            },
            [&] {
              y.store(1, kSeqCst);
              b = x.load(kSeqCst);
            }});
  return Text({a, b});
}

// Who has seen the flag may still choose what to see of x; of two who do, the
// later one in the order of seq_cst sees no less than the other.
std::string TwoSeqCstLoads() {
  atomic<int> x = 0, y = 0;
  int a, b, c, d;
  Together({[&] {
              x.store(1, kRelaxed);
              y.store(1, kRelaxed);
            },
            [&] {
              a = y.load(kRelaxed);
              b = x.load(kSeqCst);
            },
            [&] {
              c = y.load(kRelaxed);
              d = x.load(kSeqCst);
            }});
  return Text({a, b, c, d});
}

// Likewise with fences: only their order decides.
std::string TwoFences() {
  atomic<int> x = 0, y = 0;
  int a, b, c;
  Together({[&] {
              x.store(1, kRelaxed);
              y.store(1, kRelaxed);
            },
            [&] {
              a = x.load(kRelaxed);
              atomic_thread_fence(kSeqCst);
            },
            [&] {
              b = y.load(kRelaxed);
              atomic_thread_fence(kSeqCst);
              c = x.load(kRelaxed);
            }});
  return Text({a, b, c});
}

const Litmus kOthers[] = {
    {"TwoSeqCstLoads",
     &TwoSeqCstLoads,
     {"0 0 0 0", "0 0 0 1", "0 0 1 1", "0 1 0 0", "0 1 0 1", "0 1 1 1",
      "1 1 0 0", "1 1 0 1", "1 1 1 1"},
     {"0 0 1 0", "0 1 1 0", "1 1 1 0", "1 0 0 0", "1 0 0 1", "1 0 1 0",
      "1 0 1 1"}},
    {"TwoFences",
     &TwoFences,
     {"0 0 0", "0 0 1", "0 1 1", "1 0 0", "1 0 1", "1 1 1"},
     {"0 1 0", "1 1 0"}},
    {"FenceMeetsSeqCst", &FenceMeetsSeqCst, {"0 1", "1 0", "1 1"}},
    {"FailsOnAnOldStore",
     [] { return TriesAfterTheFlag(5, kSeqCst); },
     {"0 0 1", "0 1 1", "1 1 1"},
     {"1 0 1"}},
    {"SucceedsBeforeAStore",
     [] { return TriesAfterTheFlag(0, kRelaxed); },
     {"0 0 1", "0 1 1", "1 1 1"},
     {"1 0 1"}},
    {"SeqCstAgainstHappensBefore",
     &SeqCstAgainstHappensBefore,
     {"along"},
     {},
     {"against"}},
};
INSTANTIATE_TEST_SUITE_P(Others, LitmusTest, testing::ValuesIn(kOthers),
                         kRowName);

__extension__ typedef __int128 Int128;

// Message passing of every size.
template <typename T>
Litmus Sized(const char* name) {
  return {name,
          [] {
            atomic<T> x = T{0}, y = T{0};
            int a, b;
            Together({[&] {
                        x.store(T{1}, kRelaxed);
                        y.store(T{1}, kRelaxed);
                      },
                      [&] {
                        a = static_cast<int>(y.load(kRelaxed));
                        b = static_cast<int>(x.load(kRelaxed));
                      }});
            return Text({a, b});
          },
          {"0 0", "0 1", "1 1"},
          {"1 0"}};
}

const Litmus kSizes[] = {
    Sized<bool>("Bool"),           Sized<uint8_t>("OneByte"),
    Sized<int16_t>("TwoBytes"),    Sized<int64_t>("EightBytes"),
    Sized<double>("Double"),
#ifndef __clang__  // Without -mcx16 it calls libatomic, which is not explored.
    Sized<Int128>("SixteenBytes"),
#endif
};
INSTANTIATE_TEST_SUITE_P(Sizes, LitmusTest, testing::ValuesIn(kSizes),
                         kRowName);

}  // namespace
}  // namespace rt::explorer
