// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A Result as text: the verdict first, 80 columns, readable without colour.

#ifndef RUNTIME_EXPLORER_REPORT_TEXT_H_
#define RUNTIME_EXPLORER_REPORT_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/explorer/verdict.h"

namespace rt::explorer {

// `check` names what was checked: "Suite.Test". Ends with a newline.
std::string TextReport(const Result& result, std::string_view check);

// "main", "goroutine 7", "goroutine 7 \"worker\"".
std::string GoroutineText(uint64_t id, const std::string& name);

// The interleaving as a table: a column per goroutine, a row per step. Empty if
// there are no steps.
std::string StepTable(const Result& result);

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_REPORT_TEXT_H_
