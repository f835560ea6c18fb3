// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A goroutine stays behind for a while and receives what nobody needs.

#include <cstddef>

#include "exercises/01_intro/first_answer/exercise.h"
#include "runtime/runtime.h"

int FirstAnswer(const std::vector<Server>& servers) {
  auto answers = rt::MakeChan<int>();
  for (const Server& ask : servers) {
    rt::Go([answers, ask] { answers.Send(ask()); });
  }
  const int first = *answers.Recv();
  rt::Go([answers, losers = servers.size() - 1] {
    for (size_t i = 0; i < losers; ++i) answers.Recv();
  });
  return first;
}
