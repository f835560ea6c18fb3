// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/go.h"

#include <utility>

#include "absl/functional/any_invocable.h"
#include "runtime/internal/host.h"

namespace rt {

void internal::StartGoroutine(absl::AnyInvocable<void() &&>&& task) {
  host::Spawn(std::move(task), __builtin_return_address(0));
}

void internal::GoOfNil() { host::Fatal("go of nil func value"); }

void Goexit() { internal::host::Goexit(); }

}  // namespace rt
