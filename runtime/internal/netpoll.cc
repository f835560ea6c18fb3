// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/netpoll.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>

#include "runtime/internal/check.h"
#include "runtime/internal/host.h"
#include "runtime/internal/pages.h"
#include "runtime/internal/sanitizer.h"

namespace rt::internal {
namespace {

// An event's data: the PollDesc's address above its generation. User space ends
// at 48 bits on x86-64 and aarch64, unless a mapping asks for more.
uint64_t Pack(PollDesc* desc, uint16_t generation) {
  return reinterpret_cast<uint64_t>(desc) << 16 | generation;
}
PollDesc* DescOf(uint64_t data) {
  return reinterpret_cast<PollDesc*>(data >> 16);
}
constexpr uint64_t kBreak = 0;  // The data of Break's own descriptor.

// With nanoseconds where the kernel has it (5.11), else rounded up to
// milliseconds.
int EpollWait(int epoll, epoll_event* events, int size, int64_t timeout_ns) {
  if (timeout_ns == 0) return epoll_wait(epoll, events, size, 0);
  if (timeout_ns < 0) return epoll_wait(epoll, events, size, -1);
#ifdef SYS_epoll_pwait2
  static std::atomic<bool> available{true};
  if (available.load(std::memory_order_relaxed)) {
    constexpr int64_t kSecond = 1'000'000'000;
    timespec timeout = {static_cast<time_t>(timeout_ns / kSecond),
                        static_cast<long>(timeout_ns % kSecond)};
    long count = syscall(SYS_epoll_pwait2, epoll, events, size, &timeout,
                         nullptr, size_t{0});
    if (count >= 0 || errno != ENOSYS) return static_cast<int>(count);
    available.store(false, std::memory_order_relaxed);
  }
#endif
  constexpr int64_t kMillisecond = 1'000'000;
  int64_t ms = (timeout_ns - 1) / kMillisecond + 1;
  return epoll_wait(
      epoll, events, size,
      static_cast<int>(std::min<int64_t>(ms, std::numeric_limits<int>::max())));
}

}  // namespace

// --- A descriptor ------------------------------------------------------------

int PollDesc::Open(int fd, bool writing, PollDesc** out) {
  Netpoll& poll = Netpoll::Get();
  if (!poll.active()) {
    if (int error = poll.Activate(); error != 0) return error;
  }
  PollDesc* desc = poll.Take();
  desc->fd_ = fd;
  desc->watches_writing_ = writing;
  desc->words_[0].store(kNone, std::memory_order_relaxed);
  desc->words_[1].store(kNone, std::memory_order_relaxed);
  desc->state_.store(0, std::memory_order_relaxed);
  if (int error = desc->Register(EPOLL_CTL_ADD); error != 0) {
    poll.Give(desc);
    return error;
  }
  *out = desc;
  return 0;
}

// Writing is watched only by those that need it: of a Unix socket or a pipe,
// every read at the other end would be an event.
int PollDesc::Register(int operation) {
  epoll_event event = {};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLPRI | EPOLLET;
  if (watches_writing_) event.events |= EPOLLOUT;
  event.data.u64 = Pack(this, generation_.load(std::memory_order_relaxed));
  int epoll = Netpoll::Get().epoll_.load(std::memory_order_relaxed);
  KernelRelease(&Netpoll::Get());  // Poll gets its address from the kernel.
  return epoll_ctl(epoll, operation, fd_, &event) == 0 ? 0 : errno;
}

void PollDesc::Evict() {
  // Sequentially consistent, here and in Wait: N3.
  state_.fetch_or(kClosing, std::memory_order_seq_cst);
  for (PollSide side : {PollSide::kRead, PollSide::kWrite}) {
    if (G* g = Unblock(side, /*edge=*/false)) Netpoll::Get().Wake(g);
  }
}

void PollDesc::Release() {
  for (std::atomic<uintptr_t>& word : words_) {
    RT_CHECK(word.load(std::memory_order_acquire) <= kEdge,
             "N1: a goroutine waits for a descriptor that is released");
  }
  // Their calls may still be going on.
  for (Deadline& deadline : deadlines_) host::StopTimer(&deadline);
  Netpoll& poll = Netpoll::Get();
  // By name: close() would do it only if no other process shares the file.
  epoll_ctl(poll.epoll_.load(std::memory_order_relaxed), EPOLL_CTL_DEL, fd_,
            nullptr);
  generation_.fetch_add(1, std::memory_order_relaxed);
  poll.Give(this);
}

PollResult PollDesc::Look(PollSide side) const {
  uint32_t state = state_.load(std::memory_order_seq_cst);
  if (state & kClosing) return PollResult::kClosing;
  if (state & kExpired[static_cast<int>(side)]) return PollResult::kExpired;
  return PollResult::kReady;
}

PollResult PollDesc::Check(PollSide side) {
  std::atomic<uintptr_t>& word = this->word(side);
  // Relaxed load: an edge that it does not see yet costs a call for nothing. An
  // exchange, so that it is not delayed until after the system call, which
  // could hide an edge that the call did not see.
  if (word.load(std::memory_order_relaxed) != kNone) {
    word.exchange(kNone, std::memory_order_seq_cst);
  }
  return Look(side);
}

PollResult PollDesc::Wait(PollSide side) {
  if (side == PollSide::kWrite && !watches_writing_) {
    // If it can be written to by now, the kernel says so at once.
    watches_writing_ = true;
    int error = Register(EPOLL_CTL_MOD);
    RT_CHECK(error == 0, "an open descriptor is registered");
  }
  std::atomic<uintptr_t>& word = this->word(side);
  for (;;) {
    uintptr_t seen = kNone;
    if (word.compare_exchange_strong(seen, kParking,
                                     std::memory_order_seq_cst)) {
      // N3: after the word.
      if (Look(side) == PollResult::kReady) {
        host::Park(WaitReason::kIoWait, this, &PollDesc::CommitPark, &word);
      }
      seen = word.exchange(kNone, std::memory_order_seq_cst);
    } else {
      RT_CHECK(seen == kEdge, "N1: two goroutines wait on one side");
      word.exchange(kNone, std::memory_order_seq_cst);
    }
    PollResult result = Look(side);
    // Else woken by a deadline that has been moved since.
    if (result != PollResult::kReady || seen == kEdge) return result;
  }
}

bool PollDesc::CommitPark(G* g, void* arg) {
  auto& word = *static_cast<std::atomic<uintptr_t>*>(arg);
  Netpoll& poll = Netpoll::Get();
  // Before g can be woken. This M looks at it before it sleeps (WaitForP).
  poll.waiters_.fetch_add(1, std::memory_order_seq_cst);
  uintptr_t expected = kParking;
  // Release: what g did; pairs with the acquire in Unblock.
  if (!word.compare_exchange_strong(expected, reinterpret_cast<uintptr_t>(g),
                                    std::memory_order_acq_rel)) {
    poll.Woken(1);
    return false;
  }
  return true;
}

G* PollDesc::Unblock(PollSide side, bool edge) {
  std::atomic<uintptr_t>& word = this->word(side);
  uintptr_t seen = word.load(std::memory_order_seq_cst);
  do {
    if (seen == kEdge || (seen == kNone && !edge)) return nullptr;
    // Acquire: pairs with the release in CommitPark.
  } while (!word.compare_exchange_weak(seen, edge ? kEdge : kNone,
                                       std::memory_order_seq_cst));
  return seen > kParking ? reinterpret_cast<G*>(seen) : nullptr;
}

void PollDesc::SetDeadline(PollSide side, int64_t when_ns) {
  Deadline& deadline = deadlines_[static_cast<int>(side)];
  uint32_t expired = kExpired[static_cast<int>(side)];
  host::StopTimer(&deadline);
  int64_t now_ns = host::NowNs();
  if (when_ns <= now_ns) {
    Expire(&deadline, now_ns);
    return;
  }
  state_.fetch_and(~expired, std::memory_order_seq_cst);
  if (when_ns != kNever) host::StartTimer(&deadline, when_ns, 0);
}

void PollDesc::Expire(Timer* timer, int64_t) {
  auto* deadline = static_cast<Deadline*>(timer);
  PollDesc* desc = deadline->desc;
  // Sequentially consistent: N3.
  desc->state_.fetch_or(kExpired[static_cast<int>(deadline->side)],
                        std::memory_order_seq_cst);
  if (G* g = desc->Unblock(deadline->side, /*edge=*/false)) {
    Netpoll::Get().Wake(g);
  }
}

// --- All of them -------------------------------------------------------------

Netpoll& Netpoll::Get() {
  static constinit Netpoll poll;
  return poll;
}

int Netpoll::Activate() {
  RawLock lock(mu_);
  if (active()) return 0;
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return errno;
  int break_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event = {};
  event.events = EPOLLIN;
  event.data.u64 = kBreak;
  if (break_fd < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, break_fd, &event) != 0) {
    int error = errno;
    if (break_fd >= 0) close(break_fd);
    close(epoll);
    return error;
  }
  break_fd_ = break_fd;
  epoll_.store(epoll, std::memory_order_seq_cst);
  return 0;
}

void Netpoll::MakeSome() {
  auto* room = static_cast<PollDesc*>(MapPages(kPageBytes));
  for (size_t i = 0; i < kPageBytes / sizeof(PollDesc); ++i) {
    auto* desc = new (room + i) PollDesc;
    desc->next_free_ = std::exchange(free_, desc);
    desc->next_made_ = std::exchange(made_, desc);
  }
}

PollDesc* Netpoll::Take() {
  RawLock lock(mu_);
  if (free_ == nullptr) MakeSome();
  return std::exchange(free_, free_->next_free_);
}

void Netpoll::Give(PollDesc* desc) {
  RawLock lock(mu_);
  desc->next_free_ = free_;
  free_ = desc;
}

int Netpoll::Poll(int64_t timeout_ns, G* ready[kMaxReady]) {
  constexpr int kMaxEvents = kMaxReady / 2;  // An event may be of both sides.
  epoll_event events[kMaxEvents];
  int size = EpollWait(epoll_.load(std::memory_order_relaxed), events,
                       kMaxEvents, timeout_ns);
  KernelAcquire(this);
  last_poll_ns_.store(host::NowNs(), std::memory_order_relaxed);
  if (size < 0) {
    RT_CHECK(errno == EINTR, "the poller's epoll instance is open");
    return 0;
  }
  int count = 0;
  auto unblock = [&](PollDesc* desc, PollSide side) {
    if (G* g = desc->Unblock(side, /*edge=*/true)) ready[count++] = g;
  };
  for (int i = 0; i < size; ++i) {
    uint64_t data = events[i].data.u64;
    if (data == kBreak) {
      // For the one that waits: who only looks leaves it there.
      if (timeout_ns == 0) continue;
      uint64_t value;
      ssize_t n = read(break_fd_, &value, sizeof(value));
      static_cast<void>(n);
      // After the read: a Break that comes before has no effect but this
      // return. Acquire: whatever that Break is about can be seen.
      broken_.exchange(false, std::memory_order_acq_rel);
      continue;
    }
    PollDesc* desc = DescOf(data);
    if (Pack(desc, desc->generation_.load(std::memory_order_relaxed)) != data) {
      continue;  // N4.
    }
    uint32_t what = events[i].events;
    constexpr uint32_t kBoth = EPOLLHUP | EPOLLERR;
    constexpr uint32_t kOnce = EPOLLRDHUP | EPOLLPRI | kBoth;
    // Before the edge; pairs with hung_up().
    if (what & kOnce) desc->state_.fetch_or(PollDesc::kHungUp);
    if (what & (EPOLLIN | kOnce)) unblock(desc, PollSide::kRead);
    if (what & (EPOLLOUT | kBoth)) unblock(desc, PollSide::kWrite);
  }
  return count;
}

void Netpoll::Break() {
  if (broken_.exchange(true, std::memory_order_acq_rel)) return;
  uint64_t one = 1;
  ssize_t n = write(break_fd_, &one, sizeof(one));
  static_cast<void>(n);  // Fails only if it is readable already.
}

void Netpoll::Wake(G* g) {
  host::Ready(g);
  // Last: until then nobody takes an idle program for a deadlocked one.
  Woken(1);
}

void Netpoll::Reset() {
  RawLock lock(mu_);
  for (PollDesc* desc = made_; desc != nullptr; desc = desc->next_made_) {
    for (std::atomic<uintptr_t>& word : desc->words_) {
      word.store(PollDesc::kNone, std::memory_order_relaxed);
    }
  }
  waiters_.store(0, std::memory_order_seq_cst);
}

}  // namespace rt::internal
