// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The ends that come with a report: fatal errors, panics that nobody recovered,
// deadlocks, SIGQUIT; and faults, of which fault.h has the handler.
//
// All of them print what Go prints, on stderr, after stdout has been flushed,
// and exit with status 2. The first one wins; other threads stop. How much they
// print is GOTRACEBACK's to say.

#ifndef RUNTIME_INTERNAL_DEATH_H_
#define RUNTIME_INTERNAL_DEATH_H_

#include <sys/types.h>

#include <atomic>
#include <string>

#include "runtime/internal/goroutine.h"

namespace rt::internal {

struct M;

// How the program ends.
struct Death {
  std::string headline;        // "fatal error: ..." or "panic: ...", and what
                               // is said before; written in one piece.
  Goroutine* self = nullptr;   // Who caused it; null: a thread, or nobody.
  void* const* pcs = nullptr;  // Its stack, as AppendFrames takes it.
  int size = 0;
  bool all = true;  // Show the other goroutines, too.
};

// Ends the program. Not on a goroutine's stack, which may be too small.
[[noreturn]] void Die(const Death& death);

// The same with the caller's stack, from wherever it is called.
[[noreturn]] void DieHere(std::string headline);

// The same from the goroutine that m runs.
[[noreturn]] void DieFromGoroutine(M* m, const Death& death);

// Ends the program with "panic: " and the exception that the calling goroutine
// is handling.
[[noreturn]] void DiePanic();

// Makes a fault of a goroutine and an exception that nobody handles a panic,
// and SIGQUIT an end with a dump. Once per process.
void InstallHandlers();

// How far the report has come, for who sees to it that it ends.
struct ReportProgress {
  std::atomic<pid_t> writer{0};      // The thread that writes it; 0: none yet.
  std::atomic<bool> begun{false};    // Has said what happened,
  std::atomic<bool> named{false};    // and to whom, and where.
  std::atomic<bool> writing{false};  // Waits for the reader, if it does.
  std::atomic<bool> crashed{false};  // The writer has met a fault itself.
};
extern constinit ReportProgress report_progress;

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_DEATH_H_
