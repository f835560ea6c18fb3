// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/bench/child.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "runtime/run.h"

namespace bench {
namespace {

// What the file descriptor gives until its end.
std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    ssize_t size = read(fd, buffer, sizeof(buffer));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer, static_cast<size_t>(size));
  }
}

// Runs this program with `arguments`, and returns what it prints.
std::string RunSelf(std::vector<std::string> arguments) {
  std::string self = "/proc/self/exe";
  std::vector<char*> argv = {self.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  int output[2];
  Check(pipe2(output, O_CLOEXEC) == 0, "no pipe for a child process");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
  pid_t child = 0;
  Check(posix_spawn(&child, self.c_str(), &actions, nullptr, argv.data(),
                    environ) == 0,
        "a child process cannot be started");
  posix_spawn_file_actions_destroy(&actions);
  close(output[1]);
  std::string text = ReadAll(output[0]);
  close(output[0]);

  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::fprintf(stderr, "runtime_bench: %s failed (wait status %d)\n",
                 arguments[0].c_str(), status);
    std::exit(1);
  }
  return text;
}

std::vector<Series> RunInChild(const Benchmark& benchmark, Effort effort) {
  std::vector<std::string> arguments = {
      "--child=" + benchmark.name, "--reps=" + std::to_string(effort.reps)};
  if (effort.smoke) arguments.push_back("--smoke");
  std::vector<Series> all;
  for (const nlohmann::json& series :
       nlohmann::json::parse(RunSelf(std::move(arguments)))) {
    all.push_back({series["name"], series["unit"], series["samples"]});
  }
  return all;
}

}  // namespace

std::vector<Series> RunInChildren(const Benchmark& benchmark, int procs,
                                  Effort effort) {
  setenv("GOMAXPROCS", std::to_string(procs).c_str(), /*overwrite=*/1);
  if (!benchmark.fresh) return RunInChild(benchmark, effort);
  const Effort one = {.reps = 1, .smoke = effort.smoke};
  std::vector<Series> all = RunInChild(benchmark, one);
  for (int i = 1; i < effort.reps; ++i) {
    std::vector<Series> more = RunInChild(benchmark, one);
    for (size_t k = 0; k < all.size(); ++k) {
      all[k].samples.push_back(more[k].samples[0]);
    }
  }
  return all;
}

void RunAsChild(const Benchmark& benchmark, Effort effort) {
  rt::Run([&] {
    auto all = nlohmann::json::array();
    for (const Series& series : benchmark.run(benchmark.name, effort)) {
      all.push_back({{"name", series.name},
                     {"unit", series.unit},
                     {"samples", series.samples}});
    }
    std::printf("%s\n", all.dump().c_str());
  });
}

}  // namespace bench
