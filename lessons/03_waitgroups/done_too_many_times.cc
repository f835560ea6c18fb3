// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: one Done too many takes the counter below zero.
//
// A counter of -1 means that somebody was counted twice or not at all. The
// runtime panics at the Done that goes too far instead of guessing.
//
// Look at: the message, and the line of the guilty Done in the dump.

#include <cstdio>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    rt::WaitGroup wg;
    wg.Add(1);
    wg.Done();
    wg.Done();
    std::printf("never printed\n");
  });
}

// Stderr contains:
// panic: sync: negative WaitGroup counter
// Exit status: 2
// Explorer finds: panic
