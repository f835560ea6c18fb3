// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/trace.h"

#include <string>

#include "absl/status/status.h"
#include "runtime/internal/host.h"
#include "runtime/internal/host_seeing.h"

namespace rt::trace {
namespace {

absl::Status ToStatus(const std::string& error) {
  return error.empty() ? absl::OkStatus()
                       : absl::FailedPreconditionError(error);
}

}  // namespace

absl::Status Start(const std::string& path) {
  return ToStatus(internal::host::StartTrace(path));
}

absl::Status Stop() { return ToStatus(internal::host::StopTrace()); }

}  // namespace rt::trace
