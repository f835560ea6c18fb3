// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Order where it matters: wait in stages.
//
// Prepare comes first, then paint and polish at the same time, then pack. Each
// Wait is a line that nobody crosses before all of the stage above it have.
//
// Look at: paint and polish may swap; prepare is always first, pack last.

#include <cstdio>
#include <string>
#include <vector>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    rt::Mutex mu;
    std::vector<std::string> finished;
    auto work = [&](const char* name) {
      mu.Lock();
      finished.push_back(name);
      mu.Unlock();
      std::printf("%s\n", name);
    };
    // [demo:stages]
    rt::WaitGroup stage;
    stage.Go([&] { work("prepare"); });
    stage.Wait();
    stage.Go([&] { work("paint"); });
    stage.Go([&] { work("polish"); });
    stage.Wait();
    stage.Go([&] { work("pack"); });
    stage.Wait();
    // [/demo:stages]
    std::printf("first was %s, last was %s\n", finished.front().c_str(),
                finished.back().c_str());
  });
}

// Unordered output:
// prepare
// paint
// polish
// pack
// first was prepare, last was pack
