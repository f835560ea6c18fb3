// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: memory
//
// The goroutines hold a reference to the caller's handle instead of a handle of
// their own: those that lose send on a channel that is gone.

#include "exercises/01_intro/first_answer/exercise.h"
#include "runtime/runtime.h"

int FirstAnswer(const std::vector<Server>& servers) {
  auto answers = rt::MakeChan<int>(servers.size());
  for (const Server& ask : servers) {
    rt::Go([&answers, ask] {
      const int answer = ask();
      answers.Send(answer);
    });
  }
  return *answers.Recv();
}
