// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// rt::Run of a program that the explorer runs: every interleaving of its main
// function, and the report if one of them fails.
//
// What the program prints in each execution is not shown: it would come once
// for every interleaving. Exit status 0 if nothing is found, 1 else.

#include "runtime/run.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "absl/functional/any_invocable.h"
#include "runtime/explorer/explore.h"
#include "runtime/explorer/report_text.h"

namespace rt {
namespace {

// While it lives, standard output goes nowhere.
class Silence {
 public:
  Silence() : saved_(dup(STDOUT_FILENO)) {
    Flush();
    int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    close(nowhere);
  }
  ~Silence() {
    Flush();
    dup2(saved_, STDOUT_FILENO);
    close(saved_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  static void Flush() {
    std::cout.flush();
    fflush(stdout);
  }
  const int saved_;
};

}  // namespace

int Run(absl::AnyInvocable<void()> main) {
  explorer::Options options;
  options.body_end_stops_all = true;
  explorer::Result result;
  {
    Silence silence;
    result = explorer::Explore(options, [&main] { main(); });
  }
  const char* name = program_invocation_short_name;
  fputs(explorer::TextReport(result, name).c_str(), stdout);
  return result.passed() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace rt
