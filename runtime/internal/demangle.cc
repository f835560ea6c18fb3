// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/demangle.h"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace rt::internal {
namespace {

struct Free {
  void operator()(char* p) const { std::free(p); }
};

}  // namespace

std::string Demangle(const char* name) {
  int status = 0;
  std::unique_ptr<char, Free> text(
      abi::__cxa_demangle(name, nullptr, nullptr, &status));
  return status == 0 ? text.get() : name;
}

}  // namespace rt::internal
