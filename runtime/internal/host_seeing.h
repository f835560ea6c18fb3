// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The part of the seam (host.h) for seeing inside: dumps, traces, profiles.
//
// Threads: all from any goroutine and any thread, at once.

#ifndef RUNTIME_INTERNAL_HOST_SEEING_H_
#define RUNTIME_INTERNAL_HOST_SEEING_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace rt::internal::host {

// The calling goroutine's stack as a dump shows it, and with `all` those of all
// others after it. A plain thread has none of its own.
std::string Stacks(bool all);

// What is known of goroutines that wait for each other; "" if nothing. The
// explorer finds deadlocks itself: there, nothing is.
std::string Deadlocks();

// What reports call the calling goroutine, and an object (../set_name.h).
void SetGoroutineName(std::string_view name);
void SetObjectName(const void* object, std::string_view name);

// Begins and ends the recording of a trace into a file (../trace.h). Returns
// what went wrong, "" if nothing did. The explorer takes none: its reports are
// traces.
std::string StartTrace(const std::string& path);
std::string StopTrace();

// Profiles (../pprof.h). Those that return a text say what went wrong, "" if
// nothing did. Under the explorer, whose clock is not the program's, none is
// taken.
enum class ProfileKind : uint8_t { kGoroutine, kBlock, kMutex };
std::string StartCpuProfile(const std::string& path);
std::string StopCpuProfile();
std::string WriteProfile(ProfileKind kind, const std::string& path);

// One sample of a wait for so many nanoseconds of waiting (0: none), and of a
// wait for a lock for so many such waits (0: none; < 0: only asks). The second
// returns the setting before.
void SetBlockProfileRate(int64_t ns);
int SetMutexProfileFraction(int fraction);

// For a lock. The time on NowNs's clock when somebody begins to wait for it; 0
// if nobody asks for the profile of locks. And, after an Unlock has let that
// goroutine go on: the caller was in its way since then.
int64_t ContentionNs();
void NoteContention(int64_t since_ns);

}  // namespace rt::internal::host

#endif  // RUNTIME_INTERNAL_HOST_SEEING_H_
