// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Doze: whether one of the idle M's looks for work by itself, soon (D-064).
//
// A pair of goroutines that wake each other in turn would wake an M each time,
// which finds nothing that will not have run the next instant. So one of the
// idle M's, while a P is busy, sleeps for a short time, and longer each time,
// instead of until it is woken; and who makes ready a goroutine that is alone
// on its queue asks it to look, and leaves it at that. If nobody asks, the M
// sleeps for good.
//
// Threads: Begin and End under the scheduler's lock; the others from any.
// Ordering: none. Who asks has queued the goroutine, and has a LightFence
//           between; who dozed looks at the queues, and has a HeavyFence before
//           it sleeps again (D-006).

#ifndef RUNTIME_INTERNAL_DOZE_H_
#define RUNTIME_INTERNAL_DOZE_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace rt::internal {

class Doze {
 public:
  static constexpr int64_t kShortestNs = 20'000;
  static constexpr int64_t kLongestNs = 250'000;

  // For how many nanoseconds the calling M is to doze; 0 if another one does.
  int64_t Begin() {
    if (somebody()) return 0;
    int64_t ns = std::clamp(2 * this->ns(), kShortestNs, kLongestNs);
    ns_.store(ns, std::memory_order_relaxed);
    state_.store(State::kInVain, std::memory_order_relaxed);
    return ns;
  }

  // It is over: whether somebody has asked.
  bool End() {
    return state_.exchange(State::kNobody, std::memory_order_relaxed) ==
           State::kAsked;
  }

  // True if an M dozes: it will look.
  bool Ask() {
    State state = state_.load(std::memory_order_relaxed);
    if (state == State::kInVain) {
      state_.compare_exchange_strong(state, State::kAsked,
                                     std::memory_order_relaxed);
    }
    return state != State::kNobody;
  }

  // There was something to steal: the next one is short.
  void Worthwhile() { ns_.store(0, std::memory_order_relaxed); }

  bool somebody() const {
    return state_.load(std::memory_order_relaxed) != State::kNobody;
  }
  // The last one's length.
  int64_t ns() const { return ns_.load(std::memory_order_relaxed); }

 private:
  enum class State : uint8_t { kNobody, kInVain, kAsked };
  std::atomic<State> state_{State::kNobody};
  std::atomic<int64_t> ns_{0};
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_DOZE_H_
