// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Names of functions and types as they are written in C++.
//
// Threads: any. Allocates.

#ifndef RUNTIME_INTERNAL_DEMANGLE_H_
#define RUNTIME_INTERNAL_DEMANGLE_H_

#include <string>

namespace rt::internal {

// What `name`, a symbol's or std::type_info's, stands for; if nothing, itself.
std::string Demangle(const char* name);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_DEMANGLE_H_
