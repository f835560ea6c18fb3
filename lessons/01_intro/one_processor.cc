// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Concurrency without parallelism: two goroutines, one processor.
//
// GOMAXPROCS(1) allows one goroutine at a time to run. The two still make
// progress together: whenever one has to wait, the other goes on. Neither could
// finish this conversation if the other had to finish first.
//
// Look at: the turns. Change the 1 to 2: the conversation stays the same.

#include <iostream>
#include <string>

#include "runtime/runtime.h"

int main() {
  return rt::Run([] {
    rt::GOMAXPROCS(1);
    auto question = rt::MakeChan<std::string>();
    auto answer = rt::MakeChan<std::string>();

    rt::Go([question, answer] {
      for (const std::string& text : question) answer.Send(text + "? Yes.");
      answer.Close();
    });

    for (const char* text : {"coffee", "toast", "both"}) {
      question.Send(text);
      std::cout << *answer.Recv() << "\n";
    }
    question.Close();
    if (!answer.Recv().has_value()) std::cout << "and good-bye\n";
  });
}

// Output:
// coffee? Yes.
// toast? Yes.
// both? Yes.
// and good-bye
