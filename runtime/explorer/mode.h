// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Mode: what the callbacks of the compiler look at first.

#ifndef RUNTIME_EXPLORER_MODE_H_
#define RUNTIME_EXPLORER_MODE_H_

#include <cstdint>

namespace rt::explorer {

// Whose code is running.
enum class Mode : uint8_t {
  kEngine,     // The explorer's, or code outside any execution: not tracked.
  kUser,       // The code under test.
  kPrimitive,  // A primitive's, between OpBegin and OpEnd: not tracked.
};
extern constinit Mode mode;

// For the time of its life the explorer's own code runs.
class EngineScope {
 public:
  EngineScope() : saved_(mode) { mode = Mode::kEngine; }
  ~EngineScope() { mode = saved_; }
  EngineScope(const EngineScope&) = delete;
  EngineScope& operator=(const EngineScope&) = delete;

 private:
  const Mode saved_;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_MODE_H_
