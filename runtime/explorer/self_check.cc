// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/self_check.h"

#include "runtime/go.h"

namespace rt::explorer {

void RaceOnPurpose() {
  int shared = 0;
  Go([&shared] { ++shared; });
  Go([&shared] { ++shared; });
  Gosched();
}

}  // namespace rt::explorer
