// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/reference_count.h"

#include <cstdint>

#include "runtime/explorer/epoch_map.h"
#include "runtime/internal/symbolize.h"

namespace rt::explorer {

bool IsReferenceCount(const void* pc) {
  static auto& known = *new EpochMap<bool>(6);
  bool fresh;
  bool& counts = known.FindOrMake(reinterpret_cast<uintptr_t>(pc), &fresh);
  if (!fresh) return counts;
  counts = false;
  for (const internal::SourceLocation& place :
       internal::Symbolize(static_cast<const char*>(pc) - 1)) {
    const std::string& name = place.function;
    if (name.find("__exchange_and_add") != std::string::npos ||
        name.find("__atomic_add") != std::string::npos) {
      counts = true;
    }
  }
  return counts;
}

}  // namespace rt::explorer
