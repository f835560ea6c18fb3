// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/pprof.h"

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/internal/host.h"
#include "runtime/internal/host_seeing.h"

namespace rt::pprof {
namespace {

namespace host = internal::host;

absl::Status ToStatus(const std::string& error) {
  return error.empty() ? absl::OkStatus()
                       : absl::FailedPreconditionError(error);
}

host::ProfileKind KindOf(Profile profile) {
  switch (profile) {
    case Profile::kGoroutine:
      return host::ProfileKind::kGoroutine;
    case Profile::kBlock:
      return host::ProfileKind::kBlock;
    case Profile::kMutex:
      return host::ProfileKind::kMutex;
  }
  __builtin_unreachable();
}

}  // namespace

absl::Status StartCPUProfile(const std::string& path) {
  return ToStatus(host::StartCpuProfile(path));
}

absl::Status StopCPUProfile() { return ToStatus(host::StopCpuProfile()); }

absl::Status Write(Profile profile, const std::string& path) {
  return ToStatus(host::WriteProfile(KindOf(profile), path));
}

void SetBlockProfileRate(absl::Duration rate) {
  host::SetBlockProfileRate(absl::ToInt64Nanoseconds(rate));
}

int SetMutexProfileFraction(int fraction) {
  return host::SetMutexProfileFraction(fraction);
}

}  // namespace rt::pprof
