// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A profile as a file: pprof's format, which `pprof` and `go tool pprof` open.
//
// A gzip stream of one protocol buffer, the message Profile of pprof's
// profile.proto (github.com/google/pprof). Functions and lines are in it, those
// that were inlined, too, so the program itself is not needed to read it.
//
// Left out of a stack: what is the runtime's own at its outer end, below the
// program's first function, and at its inner end, behind the primitive that the
// program called (the latter not in CPU profiles).
//
// Threads: any. Blocks: as Symbolize does.

#ifndef RUNTIME_INTERNAL_PROFILE_FILE_H_
#define RUNTIME_INTERNAL_PROFILE_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace rt::internal {

struct ProfileData {
  struct Unit {
    const char* type;  // "delay",
    const char* unit;  // in "nanoseconds".
  };
  struct Sample {
    std::vector<void*> pcs;       // Return addresses, the innermost first.
    std::vector<int64_t> values;  // One for each of `units`.
    const char* note = nullptr;   // In place of a stack that is not known.
    uint64_t goroutine = 0;       // A label, as `state` is. 0: none.
    std::string state;            // "": none.
  };

  std::vector<Unit> units;  // The last one is what pprof shows.
  std::vector<Sample> samples;
  Unit period_unit = {};
  int64_t period = 0;
  int64_t unix_ns = 0;        // When it was taken, or begun,
  int64_t duration_ns = 0;    // and for how long; 0: it tells of one moment.
  bool whole_leaves = false;  // With the runtime's functions at inner ends.
};

// The file's contents.
std::string EncodeProfile(const ProfileData& data);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_PROFILE_FILE_H_
