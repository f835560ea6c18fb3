// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Which frames are the program's, and which only how it gets there.

#include "runtime/internal/frames.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace rt::internal {
namespace {

[[gnu::noinline]] const void* Here() { return __builtin_return_address(0); }

// Places in files of these names, at the end of this one.
const void* InAProgramsFile();
const void* InAProgramsFolderRuntime();
const void* InAProgramsFolderRuntimeInternal();
const void* InAFolderThatEndsInRuntime();
const void* InTheRuntime();
const void* InTheRuntimesInside();
const void* InTheExplorer();
const void* InTheStandardLibrary();
const void* InAbseil();

struct Row {
  const char* name;
  const void* (*place)();
  const char* file;
  bool program;
};

const Row kRows[] = {
    {"Program", InAProgramsFile, "exercises/05_mine/exercise.cc", true},
    {"FolderRuntime", InAProgramsFolderRuntime,
     "exercises/05_mine/runtime/exercise.cc", true},
    {"FolderRuntimeInternal", InAProgramsFolderRuntimeInternal,
     "exercises/05_mine/runtime/internal/exercise.cc", true},
    {"EndsInRuntime", InAFolderThatEndsInRuntime, "my_runtime/exercise.cc",
     true},
    {"Runtime", InTheRuntime, "runtime/mine.h", false},
    {"RuntimeInternal", InTheRuntimesInside, "runtime/internal/mine.h", false},
    {"Explorer", InTheExplorer, "runtime/explorer/mine.cc", false},
    {"StandardLibrary", InTheStandardLibrary, "/usr/include/c++/12/mine.h",
     false},
    {"Abseil", InAbseil, "external/com_google_absl/absl/mine.h", false},
};

class FramesTest : public ::testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(Rows, FramesTest, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST_P(FramesTest, TheProgramsAreToldByTheirFolder) {
  std::vector<Frame> frames = FramesAt(GetParam().place());
  ASSERT_FALSE(frames.empty());
  const std::string& file = frames[0].at.file;
  EXPECT_EQ(file, GetParam().file);
  EXPECT_EQ(frames[0].program, GetParam().program);
}

// Not the last thing that they do: their frame must be there.
#define RETURN_HERE                \
  {                                \
    const void* here = Here();     \
    asm volatile("" : "+r"(here)); \
    return here;                   \
  }

#line 1 "exercises/05_mine/exercise.cc"
[[gnu::noinline]] const void* InAProgramsFile() RETURN_HERE
#line 1 "exercises/05_mine/runtime/exercise.cc"
    [[gnu::noinline]] const void* InAProgramsFolderRuntime() RETURN_HERE
#line 1 "exercises/05_mine/runtime/internal/exercise.cc"
    [[gnu::noinline]] const void* InAProgramsFolderRuntimeInternal() RETURN_HERE
#line 1 "my_runtime/exercise.cc"
    [[gnu::noinline]] const void* InAFolderThatEndsInRuntime() RETURN_HERE
#line 1 "runtime/mine.h"
    [[gnu::noinline]] const void* InTheRuntime() RETURN_HERE
#line 1 "runtime/internal/mine.h"
    [[gnu::noinline]] const void* InTheRuntimesInside() RETURN_HERE
#line 1 "runtime/explorer/mine.cc"
    [[gnu::noinline]] const void* InTheExplorer() RETURN_HERE
#line 1 "/usr/include/c++/12/mine.h"
    [[gnu::noinline]] const void* InTheStandardLibrary() RETURN_HERE
#line 1 "external/com_google_absl/absl/mine.h"
    [[gnu::noinline]] const void* InAbseil() RETURN_HERE

}  // namespace
}  // namespace rt::internal
