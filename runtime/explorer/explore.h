// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Explore: runs a body under interleaving after interleaving.
//
//   Result r = rt::explorer::Explore({}, [] {
//     int n = 0;
//     rt::WaitGroup wg;
//     for (int i = 0; i < 2; ++i) wg.Go([&] { ++n; });
//     wg.Wait();
//   });
//   // r.verdict == Verdict::kRace
//
// The body is the main goroutine of every execution; it must do the same each
// time, but for the order in which goroutines run and for numbers drawn with
// Choose. When it returns, the other goroutines run until each has returned or
// waits for ever; those that do are a leak.
//
// Standard C++ is explored, too. A thread of the code under test is a
// goroutine, and time is virtual:
//
//   explored   std::thread, jthread, stop_token, this_thread; mutex,
//   timed_mutex,
//              recursive_mutex, shared_mutex and theirs, lock, scoped_lock;
//              condition_variable (_any), which may wake for no reason;
//              atomic of up to 16 bytes, its wait and notify, fences; latch,
//              barrier, counting_semaphore; call_once, function statics;
//              promise, future, async; the clocks of std::chrono; the pthread_
//              functions for threads, mutexes, conditions, rwlocks and once.
//   refused,   by name, with the verdict GRADER, at the first use: absl::Mutex
//              and what is made of it; thread_local variables in a program that
//              starts threads; sem_t, pthread_barrier_t, pthread_spinlock_t,
//              mutexes with attributes, pthread_exit, _cancel and _kill, fork.
//
// Memory is watched: the verdict is MEMORY if the code under test uses a block
// of the heap after it was freed, or what lies around one; frees it twice, or
// what is no block; or ends an execution that passes with blocks to which
// nothing leads any more (heap_check.h, leak_check.h).
//
// Graders use Check (check.h), which tells GoogleTest what was found.
//
// Threads: from a plain thread, one exploration at a time.
// Blocks:  the thread, until the search is over.

#ifndef RUNTIME_EXPLORER_EXPLORE_H_
#define RUNTIME_EXPLORER_EXPLORE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "runtime/explorer/verdict.h"

namespace rt::explorer {

enum class Search : uint8_t {
  // Few preemptions first (0, 1, 2), so that a failure is a simple one; then
  // kReduced; if that is too much, all with 0, 1 and 2 preemptions, PCT and
  // uniform sampling. The default.
  kPortfolio,
  kReduced,  // One interleaving of each equivalence class (exhaustive.h).
  kBounded,  // Every interleaving with no more than max_preemptions.
  kNaive,    // Every interleaving; for tests of the explorer.
  kPct,      // Few changes of priority, at random (pct.h).
  kSampled,  // Uniform sampling only.
};

// The search is cut by counts, never by the clock: the same build gives the
// same verdict on every machine.
struct Options {
  Search search = Search::kPortfolio;

  // Executions of the exhaustive search; if that is not enough, as many for
  // each bound on preemptions. There are some before and after all these.
  uint64_t max_executions = 20'000;

  // For kBounded: how often a goroutine is interrupted that could go on.
  uint64_t max_preemptions = 2;

  // Operations in one execution, after which it counts as a livelock.
  uint64_t max_steps = 10'000;

  // Reads in a row that saw nothing new after which a goroutine counts as
  // spinning: it goes on when what it reads has changed, or nobody else can. If
  // one did, the portfolio ends with some executions in which it may go on for
  // a hundred reads: a loop that gives up by then is found out.
  int max_fruitless_reads = 2;

  // How often in one execution a wait at a std::condition_variable ends though
  // nobody has notified it, as it may: when, is explored.
  uint64_t max_spurious_wakeups = 1;

  // A load of a std::atomic may return any store that its memory order allows
  // it to see, not only the last one, and a store may come before others that
  // were executed earlier (memory_model.h, also for what is not covered). For
  // lessons on memory orders: there are many more executions. Without it a
  // missing order is a data race, if plain variables depend on it.
  bool weak_memory = false;

  // The virtual time that one execution may take: more is SLOW.
  absl::Duration max_virtual_time = absl::InfiniteDuration();

  // A goroutine that asks again and again for what another will change, while
  // time passes, is a LIVELOCK. By default it may, if it gets its answer.
  bool refuse_polling = false;

  // Blocks of the heap to which nothing leads any more are no failure.
  bool may_lose_memory = false;

  // As in a program, the end of the body stops all goroutines where they are:
  // none of them leaks. (They run on as long as the clock stands still, for
  // whatever they do then they might as well have done a moment before.)
  bool body_end_stops_all = false;

  // A failure is told by a shorter interleaving that fails alike, where one is
  // found in a few hundred executions (minimize.h). They do not count.
  bool shorten = true;

  // The line of an earlier report: runs only that interleaving.
  std::string replay;
};

Result Explore(const Options& options, absl::FunctionRef<void()> body);

// Within a body: a number in [0, n), n >= 1. Every one is explored.
uint64_t Choose(uint64_t n);

// Within a body: ends the execution with this verdict and reason. For what no
// expectation says well, such as Verdict::kSerial.
[[noreturn]] void Refuse(Verdict verdict, std::string reason);

// Within a body: something that must happen in one interleaving at least. If
// `condition` never holds at any call with the same `what`, the verdict is
// WRONG: "never happens: " and `what`. To be called in every execution.
void Sometimes(bool condition, std::string_view what);

// How many are somewhere at a time. Unlike an atomic counter it is no
// operation and orders nothing, so whatever the code under test does wrong is
// still seen.
//
// Threads: within a body, any goroutine.
class Gauge {
 public:
  int Enter();  // Returns how many are inside, the caller included.
  void Leave();

 private:
  int inside_ = 0;
};

// Within a body: how many operations the calling goroutine has done in this
// execution. A Lock is one, as are an Unlock, a Send, a Select, an access to a
// std::atomic: with EXPECT_LE(Operations() - before, 1) a path is short.
uint64_t Operations();

// Whether this program is instrumented: a data race that is there is found.
// If not, no verdict of it means anything.
bool InstrumentationIsAlive();

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_EXPLORE_H_
