// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/panic.h"

#include <memory>
#include <string>
#include <utility>

#include "runtime/internal/backtrace.h"

namespace rt {

Panic::Panic(std::string text)
    : data_(std::make_shared<const Data>(
          Data{std::move(text), internal::Backtrace()})) {}

}  // namespace rt
