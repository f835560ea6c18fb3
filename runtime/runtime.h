// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Everything that a lesson needs of the runtime.

#ifndef RUNTIME_RUNTIME_H_
#define RUNTIME_RUNTIME_H_

// IWYU pragma: begin_exports
#include "runtime/atomic_value.h"
#include "runtime/blocking.h"
#include "runtime/chan.h"
#include "runtime/cond.h"
#include "runtime/context.h"
#include "runtime/go.h"
#include "runtime/map.h"
#include "runtime/mutex.h"
#include "runtime/once.h"
#include "runtime/panic.h"
#include "runtime/pool.h"
#include "runtime/pprof.h"
#include "runtime/procs.h"
#include "runtime/run.h"
#include "runtime/rwmutex.h"
#include "runtime/select.h"
#include "runtime/set_name.h"
#include "runtime/time.h"
#include "runtime/trace.h"
#include "runtime/waitgroup.h"
// IWYU pragma: end_exports

#endif  // RUNTIME_RUNTIME_H_
