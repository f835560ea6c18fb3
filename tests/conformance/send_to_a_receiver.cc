// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A select cannot send to the half of a channel that receives.

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    auto c = rt::MakeChan<int>(1);
    rt::RecvChan<int> half = c;
    rt::Select(rt::OnSend(half, 1), rt::Default());
  });
}

// Compile error: OnSend sends: to a Chan or SendChan
