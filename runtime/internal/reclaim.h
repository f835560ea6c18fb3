// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Freeing what somebody may still be reading.
//
//   {
//     ReadSection reading;            // No lock: one counter up, then down.
//     Node* n = head.load();          // Valid until the end of the section,
//     ... n->value ...                // even if somebody takes it out.
//   }
//   Node* old = head.exchange(other); // No new reader can find it any more.
//   Retire(old);                      // Destroyed when the last reader is
//   gone.
//
// Epoch-based reclamation (Fraser, "Practical lock-freedom", 2004), with
// readers that are counted, as in sleepable read-copy-update (McKenney,
// "Sleepable RCU", 2006). So a section may belong to any goroutine or thread,
// and be preempted, or even park. Then nothing is freed until it ends, hence
// none is left open while code of unknown length runs.
//
//   E1  A reader is counted in the epoch in which it begins: in one of two
//       counters, by the epoch's last bit.
//   E2  The epoch goes from e to e + 1 only when no reader of e - 1 is left.
//   E3  What is retired in epoch e is destroyed in e + 2 or later. Whoever
//       could find it began in e or before, and by E2 is gone then.
//
// Threads:  any. Blocks: never.
// Ordering: links to what may be retired are read with sequential consistency,
//           and cut with it before Retire. Then "counted, then read" and "cut,
//           then looked at the counters" cannot miss each other. What a reader
//           did happens before the destruction.

#ifndef RUNTIME_INTERNAL_RECLAIM_H_
#define RUNTIME_INTERNAL_RECLAIM_H_

#include <atomic>
#include <cstdint>

namespace rt::internal {

using ReaderCount = std::atomic<uint32_t>;

// Counts the caller in; returns where it has to be counted out.
[[gnu::noinline]] ReaderCount* EnterReadSection();

class ReadSection {
 public:
  ReadSection() : count_(EnterReadSection()) {}
  // Release: pairs with the look at the counters before a destruction.
  ~ReadSection() { count_->fetch_sub(1, std::memory_order_release); }
  ReadSection(const ReadSection&) = delete;
  ReadSection& operator=(const ReadSection&) = delete;

 private:
  ReaderCount* const count_;
};

// The base of what can be retired.
struct Retired {
  void (*destroy)(Retired*) = nullptr;
  uint64_t epoch = 0;
  Retired* next_retired = nullptr;
};

// Destroys `object` by object->destroy: at once if nobody reads anything, else
// in a later call, perhaps somebody else's. Not from within a ReadSection.
void Retire(Retired* object);

// What is to be retired at the end of a scope: declared before the ReadSection,
// so after its end.
class Retiring {
 public:
  Retiring() = default;
  ~Retiring() {
    while (first_ != nullptr) {
      Retired* object = first_;
      first_ = object->next_retired;
      Retire(object);
    }
  }
  Retiring(const Retiring&) = delete;
  Retiring& operator=(const Retiring&) = delete;

  // `list` may be null, or several, linked by next_retired.
  void Add(Retired* list) {
    while (list != nullptr) {
      Retired* next = list->next_retired;
      list->next_retired = first_;
      first_ = list;
      list = next;
    }
  }

 private:
  Retired* first_ = nullptr;
};

// How many objects wait for a reader to leave; for tests.
int64_t RetiredCount();

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_RECLAIM_H_
