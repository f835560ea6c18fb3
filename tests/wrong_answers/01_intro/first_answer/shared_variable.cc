// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race
//
// Whoever is first writes the answer, but two can believe they are first.

#include <memory>

#include "exercises/01_intro/first_answer/exercise.h"
#include "runtime/runtime.h"

int FirstAnswer(const std::vector<Server>& servers) {
  struct Race {
    bool won = false;
    int answer = 0;
    rt::Chan<bool> over = rt::MakeChan<bool>(1);
  };
  auto race = std::make_shared<Race>();
  for (const Server& ask : servers) {
    rt::Go([race, ask] {
      const int answer = ask();
      if (!race->won) {
        race->won = true;
        race->answer = answer;
        race->over.Send(true);
      }
    });
  }
  race->over.Recv();
  return race->answer;
}
