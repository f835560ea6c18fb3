// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A select cannot receive from the half of a channel that sends.

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    auto c = rt::MakeChan<int>(1);
    rt::SendChan<int> half = c;
    rt::Select(rt::OnRecv(half), rt::Default());
  });
}

// Compile error: OnRecv receives: from a Chan or RecvChan
