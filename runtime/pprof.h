// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Profiles: where a program spends its time, in the format of pprof. Look at
// one with `go tool pprof -http=: cpu.pb.gz`, or with the `pprof` program.
//
//   rt::pprof::StartCPUProfile("cpu.pb.gz");
//   ...
//   rt::pprof::StopCPUProfile();
//
//   rt::pprof::SetBlockProfileRate(absl::Nanoseconds(1));
//   ...
//   rt::pprof::Write(rt::pprof::Profile::kBlock, "block.pb.gz");
//
// Functions and lines are in the file: neither the program nor its source is
// needed to read it.
//
// Threads: any. Blocks: what writes a file, until it is written. Under the
// explorer nothing is profiled and nothing written: its time is not the
// program's.
// Failure: a file that cannot be written, or a call out of order, is a status.

#ifndef RUNTIME_PPROF_H_
#define RUNTIME_PPROF_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace rt::pprof {

// From here on each thread that runs goroutines, and each other one that there
// is now, is looked at a hundred times in each second of processor time that it
// uses. The label `goroutine` says whom it was running, if anybody. The
// handler of SIGPROF is ours from then on; signals of other timers still go to
// the one that was there before.
absl::Status StartCPUProfile(const std::string& path);

// Ends it and writes the file. Fails if there is none, or if the file cannot be
// written.
absl::Status StopCPUProfile();

enum class Profile {
  kGoroutine,  // All goroutines, by stack and by what they wait for.
  kBlock,      // Where goroutines waited for others, and for how long.
  kMutex,      // Which Unlocks ended waits for a Mutex or RWMutex: who had it
               // then was in the way of those that waited.
};

// Writes what is true now (kGoroutine) or has been since the program began and
// was asked for (the other two). The stack of a goroutine in rt::Blocking is
// not known.
absl::Status Write(Profile profile, const std::string& path);

// Samples one wait for each so long time that goroutines spend waiting; longer
// waits are all sampled, shorter ones by chance, and the profile's numbers are
// those of all. A nanosecond samples every wait, zero none, which is how it
// begins. Waits for a channel, Select, Mutex, RWMutex, WaitGroup or Cond count;
// a goroutine that must wait again inside one call of these counts again.
// Sleep and the network do not.
void SetBlockProfileRate(absl::Duration rate);

// Samples one in so many waits that an Unlock ends; 1 is all of them, 0 none,
// which is how it begins. Returns the setting before; a negative one only asks.
int SetMutexProfileFraction(int fraction);

}  // namespace rt::pprof

#endif  // RUNTIME_PPROF_H_
