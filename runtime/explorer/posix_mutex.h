// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A pthread_mutex_t under the explorer: std::mutex, recursive or timed.

#ifndef RUNTIME_EXPLORER_POSIX_MUTEX_H_
#define RUNTIME_EXPLORER_POSIX_MUTEX_H_

#include <pthread.h>

#include <cstdint>

#include "runtime/explorer/goroutine.h"

namespace rt::explorer {

// For std::condition_variable. The first ends the execution unless the caller
// holds `mutex`, once.
void MustHold(pthread_mutex_t* mutex, const char* call);
// Within an operation that gives it back.
void GiveBack(pthread_mutex_t* mutex, const void* pc);
void TakeAgain(pthread_mutex_t* mutex, const void* pc);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_POSIX_MUTEX_H_
