// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/symbolize.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace rt::internal {
namespace {

constexpr const char* kThisFile = "runtime/internal/symbolize_test.cc";

// The address of the call instruction in the caller.
[[gnu::noinline]] const void* CallSite() {
  return static_cast<const char*>(__builtin_return_address(0)) - 1;
}

[[gnu::always_inline]] inline const void* Inlined(int* line) {
  *line = __LINE__ + 1;
  return CallSite();
}

TEST(SymbolizeTest, NamesFileLineAndFunction) {
  const int line = __LINE__ + 1;
  const void* pc = CallSite();
  std::vector<SourceLocation> frames = Symbolize(pc);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].file, kThisFile);
  EXPECT_EQ(frames[0].line, line);
  EXPECT_NE(frames[0].function.find("NamesFileLineAndFunction"),
            std::string::npos);
}

TEST(SymbolizeTest, GivesInlinedFunctionsInnermostFirst) {
  int inner_line = 0;
  const int outer_line = __LINE__ + 1;
  const void* pc = Inlined(&inner_line);
  std::vector<SourceLocation> frames = Symbolize(pc);
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_NE(frames[0].function.find("Inlined"), std::string::npos);
  EXPECT_EQ(frames[0].line, inner_line);
  EXPECT_NE(frames[1].function.find("InnermostFirst"), std::string::npos);
  EXPECT_EQ(frames[1].line, outer_line);
  EXPECT_EQ(frames[1].file, kThisFile);
}

constexpr int kFirstLine = __LINE__;

[[gnu::noinline]] int Something(int n) { return n * n; }

template <typename Done>
void Until(Done done) {
  while (!done()) {
  }
}

[[gnu::noinline]] void LoopOnly() {
  Until([] { return false; });
}

constexpr int kLastLine = __LINE__;

// Clang gives such a loop no line, and what comes before is another function's.
TEST(SymbolizeTest, GivesALoopWithoutABodyALineOfItsFunction) {
  EXPECT_EQ(Something(2), 4);
  std::vector<SourceLocation> frames =
      Symbolize(reinterpret_cast<const void*>(&LoopOnly));
  ASSERT_FALSE(frames.empty());
  EXPECT_NE(frames.back().function.find("LoopOnly"), std::string::npos);
  for (const SourceLocation& at : frames) {
    EXPECT_EQ(at.file, kThisFile);
    EXPECT_GT(at.line, kFirstLine + 2);
    EXPECT_LT(at.line, kLastLine);
  }
}

TEST(SymbolizeTest, KnowsNothingOfAnAddressOutsideAnyFile) {
  EXPECT_TRUE(Symbolize(reinterpret_cast<const void*>(16)).empty());
}

}  // namespace
}  // namespace rt::internal
