// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The CPU profile: a hundred times in each second of processor time that a
// thread uses, what it does.
//
// Each thread has a timer on its own clock, which sends it SIGPROF: one timer
// for the whole process would find threads that have just begun to run too
// seldom, and at most so many times in a second of all processors together. The
// handler notes the stack; lines and files are found when the profile ends.
//
// Sampled are the M's and the other threads that exist when the profile begins,
// but none that blocks SIGPROF, as sysmon does.
//
// Threads: any.

#ifndef RUNTIME_INTERNAL_CPU_PROFILE_H_
#define RUNTIME_INTERNAL_CPU_PROFILE_H_

#include <string>

namespace rt::internal {

// What went wrong; "" if nothing did.
std::string StartCpuProfile(const std::string& path);
std::string StopCpuProfile();

// For its lifetime the calling thread, an M's, is sampled while a profile is
// taken.
class CpuProfiledThread {
 public:
  CpuProfiledThread();
  ~CpuProfiledThread();
  CpuProfiledThread(const CpuProfiledThread&) = delete;
  CpuProfiledThread& operator=(const CpuProfiledThread&) = delete;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_CPU_PROFILE_H_
