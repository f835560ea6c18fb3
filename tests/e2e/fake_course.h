// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A small course in a temporary folder, with a Bazel made of canned answers.
//
// The course: lesson 01_intro with the demo intro/hello and the exercise
// intro/first_steps, and lesson 05_mutexes with the exercises
// mutexes/click_counter and mutexes/piggy_bank.
//
// The Bazel is a shell script that writes what Answer() was given to the build
// event file and exits; each call takes the next answer, the last one stays.

#ifndef TESTS_E2E_FAKE_COURSE_H_
#define TESTS_E2E_FAKE_COURSE_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace e2e {

struct Ran {
  int status = -1;  // 128 + signal if it was killed
  std::string out;  // with the folder's name as ROOT and times as N.N s
  std::string err;
};

struct BazelAnswer {
  std::vector<std::string> events = {};  // lines of the build event file
  std::string printed = {};              // on stderr
  int status = 0;
  std::string script = {};  // more shell, run before it exits
};

// A raw string without the newline that it starts with.
std::string Golden(const std::string& text);

class FakeCourse : public testing::Test {
 protected:
  void SetUp() override;

  // Runs `course words...` from `folder`, relative to the checkout.
  Ran Course(const std::string& words, const std::string& folder = ".");

  // The same, but does not wait. Finish() does.
  pid_t Start(const std::string& words, const std::string& folder = ".");
  Ran Finish(pid_t pid);

  void Answer(const BazelAnswer& answer);

  // What Bazel was called with, one call a line.
  std::string BazelCalls() const;

  void Write(const std::string& file, const std::string& text) const;
  std::string Read(const std::string& file) const;
  bool Exists(const std::string& file) const;
  std::vector<std::string> FilesIn(const std::string& folder) const;
  std::string Path(const std::string& file) const { return root_ + "/" + file; }

  void SetEnv(const std::string& name, const std::string& value) {
    environment_.push_back(name + "=" + value);
  }

  // Events of a test that ran, with a report of these checks. A check is the
  // explorer's verdict as JSON, or "" for a GoogleTest check that passed.
  std::vector<std::string> TestEvents(const std::string& target,
                                      const std::string& status,
                                      const std::vector<std::string>& checks);

  // Events of a test whose build failed in an action.
  std::vector<std::string> BuildFailure(const std::string& target,
                                        const std::string& action_type,
                                        const std::string& compiler_output);

  // Events of a program that was built; it is this shell script.
  std::vector<std::string> Program(const std::string& target,
                                   const std::string& script);

 private:
  std::string Clean(std::string text) const;

  std::string root_;
  std::vector<std::string> environment_;
  int answers_ = 0;
  int files_ = 0;
};

}  // namespace e2e

#endif  // TESTS_E2E_FAKE_COURSE_H_
