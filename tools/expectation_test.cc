// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/expectation.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace tools {
namespace {

using Strings = std::vector<std::string>;

Expectation Parse(const std::string& comment) {
  auto result = ParseExpectation("int main() {}\n\n" + comment);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : Expectation();
}

std::string ParseError(const std::string& source) {
  auto result = ParseExpectation(source);
  return result.ok() ? "no error" : std::string(result.status().message());
}

TEST(ParseExpectationTest, ReadsEveryTitle) {
  Expectation e = Parse(
      "// Output contains:\n// one\n// two\n//\n"
      "// Stderr contains: fatal error: all asleep\n"
      "// Exit status: 2\n// Explorer finds: deadlock\n");
  EXPECT_EQ(e.output_match, OutputMatch::kContains);
  EXPECT_EQ(e.output, (Strings{"one", "two"}));
  EXPECT_EQ(e.stderr_contains, (Strings{"fatal error: all asleep"}));
  EXPECT_EQ(e.exit_status, 2);
  EXPECT_EQ(e.explorer_finds, "deadlock");
}

TEST(ParseExpectationTest, KeepsEmptyLinesInsideAndIndentation) {
  Expectation e = Parse("// Output:\n// a\n//\n//   b\n");
  EXPECT_EQ(e.output, (Strings{"a", "", "  b"}));
}

TEST(ParseExpectationTest, LooksOnlyAtTheCommentThatEndsTheFile) {
  EXPECT_EQ(ParseError("// Output:\n// a\nint main() {}\n"),
            "the file does not end with a comment that says what it prints");
}

TEST(ParseExpectationTest, RefusesWhatContradictsItself) {
  EXPECT_EQ(ParseError("// Output: a\n// Unordered output: b\n"),
            "line 2: a second promise about the output");
  EXPECT_EQ(ParseError("x\n// Exit status: two\n"),
            "line 2: 'two' is no exit status (0 to 255)");
  EXPECT_EQ(ParseError("// Explorer finds: a bug\n"),
            "line 1: 'a bug' is nothing that the explorer finds");
  EXPECT_EQ(ParseError("// Stderr contains:\n// Exit status: 1\n"),
            "line 1: nothing follows 'Stderr contains:'");
  EXPECT_EQ(ParseError("// Compile error: no\n// Exit status: 1\n"),
            "line 2: a program that does not compile does nothing else");
}

TEST(MismatchesTest, ExactOutputIgnoresSpaceAtEndsOnly) {
  Expectation e = Parse("// Output:\n// a\n// b\n");
  EXPECT_TRUE(Mismatches(e, {"\na  \nb\n\n", "", 0}).empty());
  EXPECT_EQ(Mismatches(e, {"b\na\n", "", 0}).size(), 1u);
  EXPECT_EQ(Mismatches(e, {"a\n", "", 0})[0], "output ends before: b");
  EXPECT_EQ(Mismatches(e, {"a\nb\nc", "", 0})[0], "output goes on with: c");
}

TEST(MismatchesTest, ExactEmptyOutputIsAPromiseToo) {
  Expectation e = Parse("// Output:\n");
  EXPECT_TRUE(Mismatches(e, {"", "", 0}).empty());
  EXPECT_EQ(Mismatches(e, {"x", "", 0}).size(), 1u);
}

TEST(MismatchesTest, UnorderedOutputCountsLines) {
  Expectation e = Parse("// Unordered output:\n// a\n// b\n// b\n");
  EXPECT_TRUE(Mismatches(e, {"b\na\nb\n", "", 0}).empty());
  EXPECT_EQ(
      Mismatches(e, {"b\na\na\n", "", 0}),
      (Strings{"output lacks the line: b", "output has a line too many: a"}));
}

TEST(MismatchesTest, ContainsFindsPartsOfLines) {
  Expectation e = Parse("// Output contains: and\n// Stderr contains: panic\n");
  EXPECT_TRUE(Mismatches(e, {"x\nsand\n", "panic: y", 0}).empty());
  EXPECT_EQ(Mismatches(e, {"x\n", "", 0}).size(), 2u);
}

TEST(MismatchesTest, ExitStatusCounts) {
  Expectation e = Parse("// Output:\n// Exit status: 2\n");
  EXPECT_EQ(Mismatches(e, {"", "", 139})[0], "exit status is 139, expected 2");
}

TEST(MismatchesTest, ACompileErrorMustComeWithItsMessage) {
  Expectation e = Parse("// Compile error: deleted function\n");
  EXPECT_TRUE(Mismatches(e, {"", "use of deleted function 'x'", 1}).empty());
  EXPECT_EQ(Mismatches(e, {"", "missing ;", 1}).size(), 1u);
  EXPECT_EQ(Mismatches(e, {"", "", 0})[0], "it compiles");
}

TEST(ReportSaysTest, AsksForTheVerdictAtTheStartOfALine) {
  EXPECT_TRUE(ReportSays("x\nRACE    n++\n", "data race"));
  EXPECT_TRUE(ReportSays("PASSED", "nothing"));
  EXPECT_FALSE(ReportSays("a RACE \n", "data race"));
  EXPECT_FALSE(ReportSays("RACECAR\n", "data race"));
}

TEST(SummaryTest, NamesWhatTheDemoIsAbout) {
  EXPECT_EQ(Summary(Parse("// Stderr contains: fatal error: all goroutines are "
                          "asleep - deadlock!\n// Exit status: 2\n")),
            "deadlock");
  EXPECT_EQ(Summary(Parse("// Explorer finds: data race\n")), "data race");
  EXPECT_EQ(Summary(Parse("// Exit status: 3\n")), "exit status 3");
  EXPECT_EQ(Summary(Parse("// Output: a\n")), "it prints what it promises");
}

}  // namespace
}  // namespace tools
