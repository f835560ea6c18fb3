// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/symbolize.h"

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

TEST(SymbolizeTest, KnowsNothingOfAnAddressOutsideAnyFile) {
  EXPECT_TRUE(Symbolize(reinterpret_cast<const void*>(16)).empty());
}

}  // namespace
}  // namespace rt::internal
