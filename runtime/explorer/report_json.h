// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A Result as JSON, schema 1: for the course program, the step-by-step viewer
// and class reports. Fields are only ever added.

#ifndef RUNTIME_EXPLORER_REPORT_JSON_H_
#define RUNTIME_EXPLORER_REPORT_JSON_H_

#include <string>
#include <string_view>

#include "runtime/explorer/verdict.h"

namespace rt::explorer {

// One object on one line, without a newline at its end.
std::string JsonReport(const Result& result, std::string_view check);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_REPORT_JSON_H_
