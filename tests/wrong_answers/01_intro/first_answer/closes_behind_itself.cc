// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: panic
//
// Closes the channel to set the others free; they send on it all the same.

#include "exercises/01_intro/first_answer/exercise.h"
#include "runtime/runtime.h"

int FirstAnswer(const std::vector<Server>& servers) {
  auto answers = rt::MakeChan<int>();
  for (const Server& ask : servers) {
    rt::Go([answers, ask] { answers.Send(ask()); });
  }
  const int first = *answers.Recv();
  answers.Close();
  return first;
}
