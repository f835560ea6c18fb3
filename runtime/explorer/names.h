// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What reports call goroutines and objects: as rt::SetName said, else by the
// variable (variables.h). Never by a name that might be another one's: what is
// not found has none.
//
// Threads: one. For the time between an execution and the next one, in which
// all goroutines are where they were.

#ifndef RUNTIME_EXPLORER_NAMES_H_
#define RUNTIME_EXPLORER_NAMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/explorer/engine.h"

namespace rt::explorer {

// The object at that address; `user` has used it. Empty if it has no name.
std::string ObjectName(const Engine& engine, const void* object,
                       const Goroutine& user);

// The same of a lock; or what the line that takes it calls it.
std::string NameOfLock(const Engine& engine, const void* lock,
                       const Stack& taken_at, const Goroutine& user);

// "a mutex", "a reader-writer lock".
const char* LockTypeText(OpKind kind);

// Of a goroutine, for Location and GoroutineInfo: "main", "thread", "timer"; as
// SetName said; or nothing.
std::string NameOf(const Goroutine& g);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_NAMES_H_
