// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// WriteTrace: a recorded trace as the file that Perfetto opens.
//
// The format is Chrome's trace event format, in JSON: a lane for each P with
// who ran there, one for each M with its system calls and its looking for work,
// one for sysmon, and arrows.

#ifndef RUNTIME_INTERNAL_TRACE_WRITER_H_
#define RUNTIME_INTERNAL_TRACE_WRITER_H_

#include <cstdio>

#include "runtime/internal/tracer.h"

namespace rt::internal {

// Errors are left in `file`'s state.
void WriteTrace(const TraceRecord& record, std::FILE* file);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_TRACE_WRITER_H_
