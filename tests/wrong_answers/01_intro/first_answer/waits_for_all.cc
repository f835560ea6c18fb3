// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: slow
//
// Nobody is left behind, because everybody is waited for.

#include "exercises/01_intro/first_answer/exercise.h"
#include "runtime/runtime.h"

int FirstAnswer(const std::vector<Server>& servers) {
  auto answers = rt::MakeChan<int>(servers.size());
  rt::WaitGroup wg;
  for (const Server& ask : servers) {
    wg.Go([answers, ask] { answers.Send(ask()); });
  }
  wg.Wait();
  return *answers.Recv();
}
