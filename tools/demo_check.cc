// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Runs a demo and checks that it keeps the promise at the end of its source.
//
//   demo_check SOURCE PROGRAM [EXPLORED_PROGRAM]
//
// Exit status: 0 kept, 1 broken, 2 wrong usage.

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/expectation.h"

namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A fresh, empty file of this process.
std::string TemporaryFile(const char* name) {
  const char* folder = std::getenv("TEST_TMPDIR");
  std::string path = absl::StrCat(folder != nullptr ? folder : "/tmp", "/",
                                  name, ".", getpid());
  std::ofstream create(path, std::ios::trunc);
  return path;
}

std::optional<tools::RunResult> RunProgram(const std::string& program) {
  const std::string out = TemporaryFile("stdout");
  const std::string err = TemporaryFile("stderr");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY, 0);
  std::string name = program;
  char* argv[] = {name.data(), nullptr};
  pid_t child = 0;
  int error =
      posix_spawn(&child, program.c_str(), &actions, nullptr, argv, environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (error != 0 || waitpid(child, &status, 0) != child) {
    std::cerr << program << ": cannot be run\n";
    return std::nullopt;
  }
  tools::RunResult result;
  result.standard_output = ReadFile(out);
  result.standard_error = ReadFile(err);
  result.exit_status =
      WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  unlink(out.c_str());
  unlink(err.c_str());
  return result;
}

void Print(const tools::RunResult& run) {
  std::cout << "--- standard output\n"
            << run.standard_output << "--- standard error\n"
            << run.standard_error << "--- exit status " << run.exit_status
            << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || argc > 4) {
    std::cerr << "usage: demo_check SOURCE PROGRAM [EXPLORED_PROGRAM]\n";
    return 2;
  }
  const std::string source = argv[1];
  auto expectation = tools::ParseExpectation(ReadFile(source));
  if (!expectation.ok()) {
    std::cerr << source << ": " << expectation.status().message() << "\n";
    return 2;
  }
  if (expectation->explorer_finds.has_value() != (argc == 4)) {
    std::cerr << source << ": 'Explorer finds:' and `explored = True` in BUILD "
              << "go together\n";
    return 2;
  }

  auto run = RunProgram(argv[2]);
  if (!run.has_value()) return 2;
  std::vector<std::string> broken = tools::Mismatches(*expectation, *run);
  if (!broken.empty()) Print(*run);
  if (argc == 4) {
    auto explored = RunProgram(argv[3]);
    if (!explored.has_value()) return 2;
    if (!tools::ReportSays(absl::StrCat(explored->standard_output, "\n",
                                        explored->standard_error),
                           *expectation->explorer_finds)) {
      broken.push_back(absl::StrCat("the explorer does not find: ",
                                    *expectation->explorer_finds));
      Print(*explored);
    }
  }
  for (const std::string& sentence : broken) std::cerr << sentence << "\n";
  return broken.empty() ? 0 : 1;
}
