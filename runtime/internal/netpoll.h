// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The network poller: goroutines that wait until a file descriptor can be read
// or written, while the kernel threads run others.
//
// A descriptor is non-blocking and registered once, edge-triggered, with one
// epoll instance, which is made on first use. Whoever wants to read tries the
// system call first; only if there is nothing does it Wait. The scheduler polls
// when it runs out of goroutines, and an idle thread sleeps in Poll.
//
// Each side (reading, writing) of a PollDesc is one word:
//
//   none     nothing has happened since the last look
//   edge     the kernel reported something that nobody has looked at
//   parking  a goroutine is about to wait: it becomes a G*, or edge
//   G*       that goroutine waits
//
// Invariants:
//   N1  at most one goroutine waits on a side (NetFd sees to it).
//   N2  whoever replaces a G* in the word makes that goroutine ready, once.
//   N3  `closing` and `expired` are set before the word is looked at, and the
//       one who parks looks at them after it wrote "parking": one of the two
//       sees the other.
//   N4  PollDescs are used again and never freed. An event that comes late, for
//       a descriptor that was closed meanwhile, is known by its generation. If
//       it slips through nevertheless it costs a system call: "edge" is a hint
//       to try again, no promise.
//
// After Go's runtime/netpoll.go, whose states these are.
//
// Threads: any; Wait from a goroutine.

#ifndef RUNTIME_INTERNAL_NETPOLL_H_
#define RUNTIME_INTERNAL_NETPOLL_H_

#include <atomic>
#include <cstdint>
#include <limits>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/g.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/timer.h"

namespace rt::internal {

enum class PollSide : uint8_t { kRead, kWrite };

enum class PollResult : uint8_t {
  kReady,    // Try the system call (again).
  kClosing,  // Evict was called.
  kExpired,  // The side's deadline has passed.
};

class alignas(64) PollDesc {
 public:
  // Registers `fd`, which must be non-blocking; with `writing` for both sides,
  // else the writing side follows at its first Wait. Returns errno, or 0: EPERM
  // for what cannot be polled, as a file on disk.
  static int Open(int fd, bool writing, PollDesc** desc);

  // Wakes who waits; every Wait and Check returns kClosing from now on.
  void Evict();

  // After Evict, with nobody in Wait any more, and before close(fd).
  void Release();

  // kReady if nothing forbids a system call.
  PollResult Look(PollSide side) const;

  // The same, just before the call: forgets an edge that is older than it.
  PollResult Check(PollSide side);

  // After a system call that found nothing: blocks the calling goroutine until
  // another try is worth it, or forbidden.
  PollResult Wait(PollSide side);

  // The other end has closed its side, or something else has happened that is
  // reported once and that a read which finds data does not show.
  bool hung_up() const {
    return (state_.load(std::memory_order_acquire) & kHungUp) != 0;
  }

  // From now on Wait and Check end with kExpired once host::NowNs() is when_ns;
  // kNever: they do not. Calls for one PollDesc do not overlap.
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  void SetDeadline(PollSide side, int64_t when_ns);

 private:
  friend class Netpoll;

  // What a side's word holds if not a G*.
  static constexpr uintptr_t kNone = 0;
  static constexpr uintptr_t kEdge = 1;
  static constexpr uintptr_t kParking = 2;

  // Bits of state_.
  static constexpr uint32_t kClosing = 1;
  static constexpr uint32_t kHungUp = 2;
  static constexpr uint32_t kExpired[] = {4, 8};  // By side.

  struct Deadline : Timer {
    Deadline(PollDesc* desc, PollSide side)
        : Timer(&Expire), desc(desc), side(side) {}
    PollDesc* const desc;
    const PollSide side;
  };
  static void Expire(Timer* timer, int64_t now_ns);

  std::atomic<uintptr_t>& word(PollSide side) {
    return words_[static_cast<int>(side)];
  }
  int Register(int operation);  // As errno.
  // Returns the goroutine that waited on the side, if any, to be made ready.
  // Without `edge` it will find out why from state_.
  G* Unblock(PollSide side, bool edge);
  static bool CommitPark(G* g, void* word);

  std::atomic<uintptr_t> words_[2] = {};
  std::atomic<uint32_t> state_{0};
  std::atomic<uint16_t> generation_{0};
  int fd_ = -1;                   // Constant from Open to Release.
  bool watches_writing_ = false;  // Of who may Wait for writing.
  Deadline deadlines_[2] = {{this, PollSide::kRead}, {this, PollSide::kWrite}};
  PollDesc* next_free_ = nullptr;
  PollDesc* next_made_ = nullptr;  // Constant.
};

// The process's epoll instance, and all PollDescs. For the scheduler.
class Netpoll {
 public:
  static Netpoll& Get();

  // Somebody has opened a PollDesc: Poll may be called.
  bool active() const { return epoll_.load(std::memory_order_seq_cst) >= 0; }

  // How many goroutines wait. Those that a Poll has returned are among them
  // until Woken is called.
  int64_t waiters() const { return waiters_.load(std::memory_order_seq_cst); }

  // Waits for events for `timeout_ns` (< 0: for ever; 0: only looks). Returns
  // how many goroutines, now in ready[], wait no longer: the caller makes them
  // runnable, then calls Woken. May return early, with none.
  static constexpr int kMaxReady = 256;
  int Poll(int64_t timeout_ns, G* ready[kMaxReady]);
  void Woken(int count) {
    waiters_.fetch_sub(count, std::memory_order_seq_cst);
  }

  // Ends the Poll that waits, or else the next one that would.
  void Break();

  // When somebody last looked (host::NowNs).
  int64_t last_poll_ns() const {
    return last_poll_ns_.load(std::memory_order_relaxed);
  }

  // Forgets everybody who waits: when Run ends, they will not wake any more.
  void Reset();

 private:
  friend class PollDesc;

  int Activate();
  PollDesc* Take();
  void MakeSome() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Give(PollDesc* desc);
  // Makes g ready for another reason than an event.
  void Wake(G* g);

  std::atomic<int> epoll_{-1};       // Written under mu_.
  int break_fd_ = -1;                // Constant once epoll_ is set.
  std::atomic<bool> broken_{false};  // break_fd_ is readable, or about to be.
  std::atomic<int64_t> waiters_{0};
  std::atomic<int64_t> last_poll_ns_{0};

  RawMutex mu_{LockRank::kNetpoll};
  PollDesc* free_ ABSL_GUARDED_BY(mu_) = nullptr;
  PollDesc* made_ ABSL_GUARDED_BY(mu_) = nullptr;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_NETPOLL_H_
