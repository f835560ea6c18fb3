// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Wrong on purpose: a std::thread that is neither joined nor detached.
//
// rt::Go lets you forget a goroutine; std::thread does not forgive it: its
// destructor ends the program if the thread is still joinable. That is strict,
// but at least it is not silent. std::jthread joins instead.
//
// Look at: the message on stderr. It does not say which thread.

#include <iostream>
#include <thread>

int main() {
  std::cout << "main: forked" << std::endl;
  std::thread worker([] {});
}

// Output:
// main: forked
// Stderr contains: terminate called
// Exit status: 134
