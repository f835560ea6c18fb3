// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/trace_file.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>
#include <utility>

#include "runtime/internal/check.h"
#include "runtime/internal/environment.h"
#include "runtime/internal/trace_writer.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {
namespace {

// What is known of the trace that is being taken.
struct Taking {
  std::mutex mu;
  std::FILE* file = nullptr;  // Null: none.
  std::string path;
};

Taking& TheTrace() {
  // Never destroyed: a program may die while it ends.
  static Taking& taking = *new Taking;
  return taking;
}

std::string Failure(const std::string& path) {
  return path + ": " + std::strerror(errno);
}

}  // namespace

std::string StartTrace(const std::string& path) {
  Taking& taking = TheTrace();
  std::lock_guard lock(taking.mu);
  if (taking.file != nullptr) return "a trace is being taken already";
  taking.file = std::fopen(path.c_str(), "we");
  if (taking.file == nullptr) return Failure(path);
  taking.path = path;
  StartTracing();
  return "";
}

std::string StopTrace() {
  Taking& taking = TheTrace();
  std::lock_guard lock(taking.mu);
  if (taking.file == nullptr) return "no trace is being taken";
  TraceRecord record = StopTracing();
  std::FILE* file = std::exchange(taking.file, nullptr);
  WriteTrace(record, file);
  bool good = std::ferror(file) == 0;
  good = std::fclose(file) == 0 && good;
  return good ? "" : Failure(taking.path);
}

void StartTraceOfRun() {
  const std::string& path = CurrentEnvironment().trace_path;
  if (path.empty()) return;
  std::string error = StartTrace(path);
  if (error.empty()) return;
  std::string line = "runtime: no trace: " + error + "\n";
  WriteStderr(line.data(), line.size());
}

void FinishTrace() {
  if (!tracing.load(std::memory_order_relaxed)) return;
  std::string error = StopTrace();
  if (error.empty()) return;
  std::string line = "runtime: trace: " + error + "\n";
  WriteStderr(line.data(), line.size());
}

}  // namespace rt::internal
