// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Done() on every way out of a function: absl::Cleanup is C++'s `defer`.
//
// The worker leaves by an early return, by an exception, or at its end. The
// cleanup object's destructor calls Done() whichever way it is.
//
// Look at: without the cleanup, the first two orders would hang main for ever.

#include <cstdio>
#include <stdexcept>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "runtime/runtime.h"

void Ship(const std::string& item) {
  if (item == "anvil") throw std::runtime_error("an anvil is too heavy");
  std::printf("shipped a %s\n", item.c_str());
}

// [demo:cleanup]
void Process(rt::WaitGroup& wg, const std::string& item) {
  absl::Cleanup done = [&wg] { wg.Done(); };
  if (item.empty()) return;  // Done() runs here,
  try {
    Ship(item);
  } catch (const std::runtime_error& e) {
    std::printf("refused: %s\n", e.what());
    return;  // and here,
  }
}  // and here.
// [/demo:cleanup]

int main() {
  return rt::Run([] {
    rt::WaitGroup wg;
    for (const char* item : {"", "anvil", "lamp"}) {
      wg.Add(1);
      rt::Go([&wg, item] { Process(wg, item); });
    }
    wg.Wait();
    std::printf("all orders are handled\n");
  });
}

// Unordered output:
// refused: an anvil is too heavy
// shipped a lamp
// all orders are handled
