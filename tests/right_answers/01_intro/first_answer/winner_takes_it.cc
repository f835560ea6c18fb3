// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Only the winner sends: an atomic exchange decides who it is.

#include <atomic>
#include <memory>

#include "exercises/01_intro/first_answer/exercise.h"
#include "runtime/runtime.h"

int FirstAnswer(const std::vector<Server>& servers) {
  auto answered = std::make_shared<std::atomic<bool>>(false);
  auto winner = rt::MakeChan<int>();
  for (const Server& ask : servers) {
    rt::Go([answered, winner, ask] {
      const int answer = ask();
      if (!answered->exchange(true)) winner.Send(answer);
    });
  }
  return *winner.Recv();
}
