// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// rt::Run for programs that run. Programs that are explored get the explorer's.

#include "runtime/run.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "absl/functional/any_invocable.h"
#include "runtime/internal/sched.h"
#include "runtime/procs.h"

namespace rt {
namespace {

// Go takes no notice of a GOMAXPROCS that it cannot read; a learner who
// mistypes it should know.
int InitialProcs() {
  const char* text = std::getenv("GOMAXPROCS");
  if (text == nullptr || *text == '\0') return NumCPU();
  int n = 0;
  const char* end = text + std::strlen(text);
  auto [stop, error] = std::from_chars(text, end, n);
  if (error == std::errc() && stop == end && n >= 1 &&
      n <= internal::kMaxProcs) {
    return n;
  }
  std::fprintf(stderr,
               "GOMAXPROCS=%s: want a whole number from 1 to %d, or leave it "
               "unset for the number of processors (%d)\n",
               text, internal::kMaxProcs, NumCPU());
  std::exit(2);
}

}  // namespace

int Run(absl::AnyInvocable<void()> main) {
  internal::Scheduler scheduler;
  scheduler.Run([&main] { main(); }, InitialProcs());
  return 0;
}

}  // namespace rt
