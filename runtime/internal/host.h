// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The seam between the primitives and whoever schedules them.
//
// Every primitive (Chan, Mutex, WaitGroup, ...) is written once, over the free
// functions below. Two libraries define them: //runtime/internal:sched, the
// M:N production scheduler, and //runtime/explorer:host, which runs one
// goroutine at a time on one kernel thread and chooses the interleaving. A
// binary gets one of them by what it links; linking both is a duplicate symbol.
//
// The libraries of //runtime are compiled twice by the rt_library macro: as
// `name` and as `name_explored`, the second with RT_EXPLORED defined. That
// macro is read in this file only. It makes Op, Acquire and Release, which tell
// the explorer what a primitive is about to do, cost nothing in production.
//
// Threads: MustBeG, Park, Yield, SleepNs, EnterBlocking, ExitBlocking, Goexit:
//          from a goroutine, on its own behalf. The others: also from a plain
//          thread.

#ifndef RUNTIME_INTERNAL_HOST_H_
#define RUNTIME_INTERNAL_HOST_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "runtime/internal/g.h"
#include "runtime/internal/op_kind.h"
#include "runtime/internal/timer.h"

namespace rt::internal::host {

// The calling goroutine; null on a thread that runs none. Never cache the
// address of anything thread-local across Park or Yield: the goroutine may
// resume on another kernel thread.
G* CurrentG();

// The same for who is about to Park for `reason`: a thread that runs none ends
// the program, as Park would.
G* MustBeG(WaitReason reason);

// Blocks the calling goroutine until somebody calls Ready on it.
//
// `commit(g, arg)` runs once the goroutine's context is saved, on the
// scheduler's stack: it is the place to release the lock that made "I am about
// to wait" and "I wait" one step. If it returns false the goroutine resumes at
// once. commit must not throw, park or touch the goroutine's stack after the
// moment another thread may call Ready. Null means: nothing to release.
using ParkCommit = bool (*)(G* g, void* arg);
void Park(WaitReason reason, const void* object, ParkCommit commit, void* arg);

// Makes a parked goroutine runnable. Exactly one Ready for each Park.
void Ready(G* g);

// Lets others run; the caller stays runnable.
void Yield();

// Starts a goroutine. `created_by_pc` is the return address of rt::Go's caller.
// If `task` throws out of the goroutine, the host reports an unrecovered panic.
// (By reference: each move of a closure is an indirect call.)
void Spawn(absl::AnyInvocable<void() &&>&& task, const void* created_by_pc);

// Blocks the calling goroutine for `ns` nanoseconds of the host's clock; a
// value <= 0 only yields. The explorer's clock is virtual.
void SleepNs(int64_t ns);

// Arms `timer`, again if it is armed: its call is made at when_ns on NowNs's
// clock or as soon as possible after it, then, if period_ns > 0, every
// period_ns (calls that come too late are left out). From any thread.
void StartTimer(Timer* timer, int64_t when_ns, int64_t period_ns);

// Disarms it; whether it was armed. When it returns, no call is going on.
bool StopTimer(Timer* timer);

// The host's monotonic clock, in nanoseconds since the program (in the
// explorer: the execution) began.
int64_t NowNs();

// The Unix time, in nanoseconds, at which NowNs was 0. It does not change while
// the program runs; the explorer's is the same in every execution.
int64_t StartUnixNs();

// Ends the calling goroutine; its stack is unwound first.
[[noreturn]] void Goexit();

// How many goroutines exist now, the calling one included.
int NumGoroutines();

// How many goroutines may run at once; n >= 1 sets it, n <= 0 only asks.
// Returns the setting before the call.
int MaxProcs(int n);

// The calling goroutine is about to block its kernel thread (EnterBlocking) or
// has done so (ExitBlocking). Between the two Park, Yield and SleepNs are
// fatal; another such pair is nothing.
void EnterBlocking();
void ExitBlocking();

// Binds the calling goroutine to its kernel thread: it runs on no other, and
// that thread runs nothing else, until UnlockThread was called as often. A
// goroutine that returns while bound takes its thread with it. Unlocking what
// is not locked does nothing.
void LockThread();
void UnlockThread();

// Between Pin and Unpin the calling goroutine stays on its P, whose number, in
// [0, kMaxPins), Pin returns, and no other goroutine runs there: what is kept
// for each P can be used without a lock. It must not park, block or take long.
// On a thread that has no P, Pin returns -1 and pins nothing; Unpin all the
// same. Regions do not nest.
inline constexpr int kMaxPins = 1024;
int Pin();
void Unpin();

// Whether it may be worth the caller's while to look again in a moment, before
// it parks: others run at the same time, and nobody waits for the caller's P.
bool MaySpin();

// Uniform in [0, n), n >= 1. The explorer explores every value.
uint64_t RandomBelow(uint64_t n);

// Ends the program as Go's `fatal error: message` does: message and a dump of
// every goroutine on stderr, exit status 2. The explorer ends the execution
// with a verdict instead. For errors no goroutine can recover from.
[[noreturn]] void Fatal(std::string_view message);

#if defined(RT_EXPLORED)

// For a primitive that keeps things in a place which depends on where its
// caller happens to run: there the explorer has to try all places (Pool).
inline constexpr bool kExplored = true;

// Defined by //runtime/explorer. `enabled` may be null ("always"). Begin
// returns once the explorer lets the operation happen; until End the calling
// goroutine's memory accesses are the primitive's own, not the program's.
using OpEnabled = bool (*)(const void* arg);
void OpBegin(OpKind kind, const void* object, OpEnabled enabled,
             const void* arg);
void OpBeginMany(OpKind kind, ObjectList objects);
void OpEnd();
void AcquireSlow(G* g, const void* sync);
void ReleaseSlow(G* g, const void* sync);
void RendezvousSlow(G* parked);

// One operation of a primitive; declared first in the function that performs
// it. With a predicate, the operation happens only once the predicate holds:
// the explorer then never sees the attempt that would have had to wait, and
// the slow path under it is not taken. Use it where which waiter came first
// cannot be observed (Mutex, WaitGroup); a Chan parks for real.
class Op {
 public:
  Op(OpKind kind, const void* object) {
    OpBegin(kind, object, nullptr, nullptr);
  }
  template <typename Predicate>
  Op(OpKind kind, const void* object, const Predicate& enabled) {
    OpBegin(
        kind, object,
        [](const void* p) { return (*static_cast<const Predicate*>(p))(); },
        &enabled);
  }
  // An operation on any of several objects.
  Op(OpKind kind, ObjectList objects) { OpBeginMany(kind, objects); }
  ~Op() { OpEnd(); }
  Op(const Op&) = delete;
  Op& operator=(const Op&) = delete;
};

// The current operation, a kSelect or kContextErr, has found nothing that it
// can do, and changes nothing. `pc` tells the place in the program: a goroutine
// that does no more than ask again at the same places is polling. Here() is the
// place of the call, if all functions between it and the program's are inlined.
void OnlyLooked(const void* pc);
const void* Here();

// The current operation, a TryLock, has not got `lock`. If that is one of
// several which std::lock takes together, the goroutine's next attempt waits
// until all are free: two of them would else get in each other's way for ever.
void TryLockFailed(const void* lock);

// The calling goroutine has seen all that happened before the Releases of
// `sync`; `sync` is any address that stands for the edge.
inline void Acquire(const void* sync) { AcquireSlow(CurrentG(), sync); }
inline void Release(const void* sync) { ReleaseSlow(CurrentG(), sync); }

// The same on behalf of a parked goroutine, whose operation the caller
// completes.
inline void AcquireFor(G* parked, const void* sync) {
  AcquireSlow(parked, sync);
}
inline void ReleaseFor(G* parked, const void* sync) {
  ReleaseSlow(parked, sync);
}

// The caller completes the operation of a parked goroutine and both wait for
// each other: each sees what the other did before.
inline void Rendezvous(G* parked) { RendezvousSlow(parked); }

// While one exists, reports say what the calling goroutine waits for in other
// words than those of the primitive. They do not nest.
void SetPurpose(const Purpose* purpose);

class WaitsFor {
 public:
  explicit WaitsFor(const Purpose* purpose) { SetPurpose(purpose); }
  ~WaitsFor() { SetPurpose(nullptr); }
  WaitsFor(const WaitsFor&) = delete;
  WaitsFor& operator=(const WaitsFor&) = delete;
};

// For calls whose outcome does not depend on this program alone: ends the
// check with a verdict that names `call`.
inline void RefuseExplored(std::string_view call) {
  Fatal(std::string(call) +
        " cannot be explored: what comes from outside is not the same each "
        "time");
}

#else

inline constexpr bool kExplored = false;

class [[maybe_unused]] Op {
 public:
  constexpr Op(OpKind, const void*) {}
  template <typename Predicate>
  constexpr Op(OpKind, const void*, const Predicate&) {}
  constexpr Op(OpKind, ObjectList) {}
};
inline void OnlyLooked(const void* /*pc*/) {}
inline void TryLockFailed(const void* /*lock*/) {}
inline const void* Here() { return nullptr; }

inline void Acquire(const void*) {}
inline void Release(const void*) {}
inline void AcquireFor(G*, const void*) {}
inline void ReleaseFor(G*, const void*) {}
inline void Rendezvous(G*) {}
class [[maybe_unused]] WaitsFor {
 public:
  explicit constexpr WaitsFor(const Purpose*) {}
};
inline void RefuseExplored(std::string_view) {}

#endif

}  // namespace rt::internal::host

#endif  // RUNTIME_INTERNAL_HOST_H_
