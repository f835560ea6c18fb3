// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The production scheduler: goroutines (G) on kernel threads (M), by permits
// (P).
//
// Files: sched_state.h is what the threads share. sched.cc starts and stops,
// procs.cc makes M's and P's; idle.cc wakes M's and lets them sleep;
// find_runnable.cc chooses; m.cc runs a goroutine, switch.cc leaves it;
// sysmon.cc watches, preempt.cc stops goroutines; network.cc polls; timers.cc
// waits for the time; finish.cc ends it all; park.cc and syscall.cc are host.h.

#ifndef RUNTIME_INTERNAL_SCHED_H_
#define RUNTIME_INTERNAL_SCHED_H_

#include <atomic>
#include <cstdint>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "runtime/internal/fence.h"
#include "runtime/internal/futex.h"
#include "runtime/internal/goroutine.h"
#include "runtime/internal/host.h"
#include "runtime/internal/m.h"
#include "runtime/internal/p.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/sched_state.h"
#include "runtime/internal/sysmon.h"
#include "runtime/internal/thread_maker.h"
#include "runtime/internal/timer_heap.h"

namespace rt::internal {

struct Scheduler : SchedulerState {
  Sysmon sysmon{this};
  ThreadMaker thread_maker{this};

  Scheduler() = default;
  ~Scheduler();  // After Run.
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // Makes this the scheduler of the process, until Run ends. Fatal if there is
  // one. Before anything that a running one uses is set up anew.
  void Claim();

  // Runs `main` as goroutine 1 on the calling thread and others.
  void Run(absl::AnyInvocable<void() &&> main, int max_procs);
  void Spawn(absl::AnyInvocable<void() &&>&& task, const void* created_by_pc);
  int NumGoroutines() const;
  int SetProcs(int n);

  M* NewM() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void ForgetM(M* m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void StartThread(M* m) { thread_maker.Make(m); }
  // For lack of threads. m is spare, or the program ends.
  void CannotStart(M* m, int error);

  // --- idle.cc: what M's do with each other ---------------------------------

  // m looks for work no longer.
  void EndSpin(M* m) {
    m->spinning = false;
    spinning.fetch_sub(1, std::memory_order_seq_cst);
  }
  // Steps 2 and 3 of submitting.
  void WakeIfUseful() {
    LightFence();
    if (idle_ps.load(std::memory_order_seq_cst) != 0 &&
        spinning.load(std::memory_order_seq_cst) == 0) {
      Wake();
    }
  }
  void Wake();
  // The same for a goroutine that is the only one on the queue of the P that
  // made it ready.
  void WakeForOne() {
    LightFence();
    if (!doze.Ask()) WakeIfUseful();
  }
  // The same after what those look at, too, who fall asleep and did not spin:
  // timers and the network.
  void WakeAfterEvent();
  // Puts g on the global queue, from anywhere.
  void Inject(Goroutine* g);
  void InjectList(GoroutineList* list) {
    if (!list->empty()) [[unlikely]]
      InjectAll(list);
  }
  void InjectAll(GoroutineList* list);
  // Finds somebody else for a P whose M blocks.
  void HandOff(P* p);
  // The M, which has none, waits for a P; false if it is time to end.
  bool WaitForP(M* m);
  // What came of it: it was woken, or dozed, in vain or to look for work.
  enum class Slept : uint8_t { kWoken, kInVain, kToLook };
  Slept SleepIdle(M* m, bool may_doze) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void TakeAssignment(M* m);

  // An idle P, `wanted` if it is idle; null if there is none.
  P* TakeIdleP(P* wanted = nullptr) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void PutIdleP(P* p) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  // Lets an M that is free, or a new one, run `p`. Returns whom to wake, once
  // mu is free.
  [[nodiscard]] M* Assign(P* p, bool spin) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  // One that is idle or, if there is none, that keeps a goroutine which waits
  // on the global queue; null if there is none of these either.
  M* TakeFreeM() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  // What `m` finds when it wakes up: it has `p`, to look for work or with a
  // goroutine of its own, and is not kept any more.
  void GiveP(M* m, P* p, bool spin) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  // Wakes or starts whom Assign returned; null is nobody.
  void Kick(M* m);

  // --- preempt.cc: goroutines that were stopped ------------------------------

  // For sysmon: whether another M will take the P of a goroutine that is
  // stopped. If none is idle makes one, and as many as there are P's at most
  // until they are idle.
  bool HaveSpareM();
  int spare_ms ABSL_GUARDED_BY(mu) = 0;     // Made, and not idle yet.
  std::atomic<bool> out_of_threads{false};  // Then it makes no more.
  void NoMoreSpareMs(int have, int error);
  // In the signal handler of m's thread: gives m's P away and queues the
  // goroutine; false if nobody is there to take the P.
  bool StopGoroutine(M* m);
  // There, too: false as long as it is not the goroutine's turn.
  bool ContinueGoroutine(M* m);
  // Gives m's P to the thread that alone can run g.
  void PassOn(M* m, Goroutine* g);

  // --- network.cc: goroutines that wait for the network ---------------------

  // Goroutines wait for the network.
  bool NetworkAwaited() const;
  // They do, and no M that is busy looks often.
  bool NetworkNeedsPoller() const;
  // Sleeps as timer_m, in the poller if that is needed. `timeout_ns` < 0: no
  // timer. True if m has a P now, with goroutines that the network made ready.
  bool SleepAsTimerM(M* m, int64_t timeout_ns)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  void WakeTimerM() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);
  // Looks at the network. Returns one of the goroutines that it has made ready,
  // the others are on m's queue; null if there is none.
  Goroutine* PollNetwork(M* m);
  // For a thread without a P: the same, to the global queue, if nobody has
  // looked for `idle_ns`.
  void PollNetworkIfIdle(int64_t idle_ns);
  void QueueReady(M* m, G* const* ready, int count);
  int Poll(M* m, int64_t timeout_ns, G** ready);

  // --- find_runnable.cc -----------------------------------------------------

  // The next goroutine for m, which may sleep meanwhile; null: time to end.
  Goroutine* FindRunnable(M* m);
  Goroutine* FindHere(M* m);
  // Nothing but m's own queue has a say in who is next, at this tick.
  bool QueueDecides(const M* m, uint32_t tick) const;
  // Lets m spin if fewer do than half of those that are busy, of which it is
  // one: more would only get in each other's way.
  bool MaySpin(M* m);
  Goroutine* PopQueue(P* p, uint32_t tick);
  Goroutine* TakeGlobal(P* p, bool batch);
  Goroutine* Steal(M* m);
  bool WorkExists() const;
  // m has given its P back; it gets one if there is work for it.
  void LookOnceMore(M* m);
  void Retire(M* m);

  // --- timers.cc ------------------------------------------------------------

  // When the first timer of all is due; kNever if there is none.
  int64_t NextTimerNs() const;
  // Does what is due among the timers of `p`, and of all P's, and makes ready
  // on m's own P; true if there was something.
  bool RunTimers(M* m, P* p);
  bool RunAllTimers(M* m);
  // A timer at when_ns is now the first of its P's: somebody must wait for it.
  void TimerMoved(int64_t when_ns);
  // The same for what a goroutine that has left m did; m has work.
  void TellTimerMoved(M* m);
  // As timer_m. True if m has a P now.
  bool SleepUntilTimer(M* m) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu);

  // --- m.cc: the loop of a thread ------------------------------------------

  void Loop(M* m);
  // Runs g, and whoever the goroutines that leave choose themselves. Returns
  // the last of them, which is still to be Finished.
  Goroutine* Execute(M* m, Goroutine* g);
  void GiveStack(M* m, Goroutine* g);
  void WaitWhileHeld();
  // g runs from here on; false if it must not, because a dump wants to read its
  // stack.
  [[nodiscard]] bool MayRun(Goroutine* g);
  // The same, and waits until it may.
  void BeginToRun(Goroutine* g);
  // Waits until the goroutine that is locked to m is to run, and m has a P;
  // false if it is time to end.
  bool WaitForLocked(M* m);
  // The goroutine that was locked to m's thread has returned.
  void EndThread(M* m);
  // What the goroutine asked for when it switched away; returns it if it is to
  // run again at once.
  Goroutine* Finish(M* m, Goroutine* g);
  void FinishForGood(M* m, Goroutine* g);  // One that did not park or yield.

  // --- finish.cc: the main goroutine has returned ---------------------------

  void FinishMain(M* m);
  void ContinueKept();
  bool SomebodyStays();
};

// The scheduler of the Run that is going on; null outside of Run.
Scheduler* ActiveScheduler();

// The processor time that m's thread has used; 0 if it has not begun, or ended.
int64_t CpuNs(const M& m);
int64_t CpuNs(pid_t tid);

// Flushes std::cout and stdout, if nobody keeps stdout locked.
void FlushStdout();

namespace host {
// The calling thread's M, which must be running a goroutine; else the program
// ends, with the name of the call.
M* MustHaveGoroutine(std::string_view call);
}  // namespace host

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SCHED_H_
