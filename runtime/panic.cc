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

namespace internal {

SharedError SharedError::Current() {
  SharedError error;
  error.other_ = std::current_exception();
  if (error.other_ == nullptr) return error;
  try {
    std::rethrow_exception(error.other_);
  } catch (const Panic& panic) {
    error.panic_ = panic;
  } catch (...) {
  }
  if (error.panic_) error.other_ = nullptr;
  return error;
}

void SharedError::Throw() const {
  if (panic_) throw Panic(*panic_);
  std::rethrow_exception(other_);
}

}  // namespace internal

}  // namespace rt
