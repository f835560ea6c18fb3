// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/verdict.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace rt::explorer {
namespace {

// In the order of the enumeration.
constexpr const char* kTexts[] = {
    "PASSED", "BUILD",  "WRONG",  "RACE", "DEADLOCK", "LEAK",   "LIVELOCK",
    "PANIC",  "MEMORY", "SERIAL", "SLOW", "HANG",     "EDITED", "GRADER",
};

}  // namespace

const char* VerdictText(Verdict verdict) {
  return kTexts[static_cast<size_t>(verdict)];
}

std::optional<Verdict> VerdictFromText(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  auto it = std::find(std::begin(kTexts), std::end(kTexts), upper);
  if (it == std::end(kTexts)) return std::nullopt;
  return static_cast<Verdict>(it - std::begin(kTexts));
}

}  // namespace rt::explorer
