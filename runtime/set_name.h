// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// SetName: what reports call a goroutine, a lock, a channel.
//
//   rt::SetName("reader");                   // the calling goroutine
//   rt::SetName(forks[i], absl::StrCat("fork ", i));
//
// The explorer finds the names of most variables itself; this is for those that
// have none of their own, such as what a function has made for its caller, and
// for better ones.
//
// Objects are what a report may speak of: Mutex, RWMutex, WaitGroup, Once,
// channels, contexts, std::mutex and the like, or plain variables. A channel's
// and a context's name is that of all its handles. The last name counts; the
// empty one takes it away. A name ends with its goroutine, or with the memory
// that the object lies in: the block of the heap, or the call of the function
// whose variable it is. The main goroutine stays "main", and a std::thread a
// number.
//
// Names are the explorer's. In a program that it does not run, nothing is done:
// the dumps of goroutines have their numbers, as Go's have.
//
// Threads: any goroutine, for itself, and for objects that are not destroyed
//          meanwhile; on a plain thread, nothing is done.
// Blocks:  nothing. It is no operation, and orders nothing.

#ifndef RUNTIME_SET_NAME_H_
#define RUNTIME_SET_NAME_H_

#include <string_view>

#include "runtime/internal/host_seeing.h"

namespace rt {

inline void SetName(std::string_view name) {
  internal::host::SetGoroutineName(name);
}

template <typename T>
void SetName(const T& object, std::string_view name) {
  if constexpr (requires { object.core(); }) {
    internal::host::SetObjectName(object.core(), name);
  } else if constexpr (requires { object.Done().core(); }) {
    internal::host::SetObjectName(object.Done().core(), name);
  } else {
    internal::host::SetObjectName(&object, name);
  }
}

}  // namespace rt

#endif  // RUNTIME_SET_NAME_H_
