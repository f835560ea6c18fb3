// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the course program says when something is wrong: the student's code, the
// name that was typed, the grader, the state, the disk, the build tool.

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/e2e/fake_course.h"

namespace e2e {
namespace {

constexpr char kTarget[] = "//lessons/05_mutexes:click_counter";
constexpr char kFile[] = "exercises/05_mutexes/click_counter/exercise.cc";
constexpr char kPassed[] =
    R"({"schema":1,"check":"C.A","verdict":"PASSED","executions":6,)"
    R"("complete":true})";

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class FaultsTest : public FakeCourse {
 protected:
  Ran GradeBuildFailure(const std::string& type, const std::string& said) {
    Answer({.events = BuildFailure(kTarget, type, said), .status = 1});
    return Course("grade click");
  }
  Ran GradeTest(const std::string& status,
                const std::vector<std::string>& checks) {
    Answer({.events = TestEvents(kTarget, status, checks), .status = 3});
    return Course("grade click");
  }
};

TEST_F(FaultsTest, BuildShowsTheFirstErrorOnly) {
  const Ran ran = GradeBuildFailure(
      "CppCompile",
      "exercises/05_mutexes/click_counter/exercise.cc: In function 'f':\n"
      "exercises/05_mutexes/click_counter/exercise.cc:9:3: warning: unused\n"
      "exercises/05_mutexes/click_counter/exercise.cc:12:5: error: 'toal_' was "
      "not declared in this scope; did you mean 'total_'?\n"
      "exercises/05_mutexes/click_counter/exercise.cc:14:5: error: second\n");
  EXPECT_EQ(ran.out, Golden(R"(
BUILD   mutexes/click_counter                                              N.N s
  exercise.cc:12:5: 'toal_' was not declared in this scope; did you mean
  'total_'?
Next: course grade      (when it is mended; with --log it shows more)
)"));
  EXPECT_EQ(ran.status, 1);
  EXPECT_TRUE(Has(Read(".course/state.json"), "\"attempts\": 0"));
}

TEST_F(FaultsTest, AnErrorInAHeaderIsTracedToTheStudentsLine) {
  const Ran ran = GradeBuildFailure(
      "CppCompile",
      "In file included from "
      "exercises/05_mutexes/click_counter/exercise.cc:3:\n"
      "runtime/chan.h: In instantiation of 'Send':\n"
      "exercises/05_mutexes/click_counter/exercise.cc:21:9:   required from "
      "here\n"
      "runtime/chan.h:80:5: error: static assertion failed: T must move\n");
  EXPECT_TRUE(Has(ran.out, "BUILD "));
  EXPECT_TRUE(Has(ran.out, "static assertion failed: T must move"));
  EXPECT_TRUE(Has(ran.out, "  exercise.cc:21:9: ")) << ran.out;
  EXPECT_EQ(ran.status, 1);
}

TEST_F(FaultsTest, AFunctionThatIsMissingIsTheStudentsToMend) {
  const Ran ran = GradeBuildFailure(
      "CppLink",
      "/usr/bin/ld: grader.o: undefined reference to `Counter::Click()'\n");
  EXPECT_TRUE(Has(ran.out, "BUILD "));
  EXPECT_TRUE(
      Has(ran.out, "exercise.cc: undefined reference to `Counter::Click()'"))
      << ran.out;
  EXPECT_EQ(ran.status, 1);
}

TEST_F(FaultsTest, AGraderThatDoesNotCompileIsOurFault) {
  const Ran ran = GradeBuildFailure(
      "CppCompile",
      "lessons/05_mutexes/click_counter_test.cc:7:1: error: no\n");
  EXPECT_TRUE(Has(ran.out, "GRADER  mutexes/click_counter"));
  EXPECT_TRUE(Has(ran.out, "it does not count"));
  EXPECT_EQ(ran.status, 4);
  EXPECT_FALSE(Has(Read(".course/state.json"), "GRADER"));
}

TEST_F(FaultsTest, ATestThatDiesWithoutAVerdictIsNeverAPass) {
  Ran ran = GradeTest("FAILED", {});
  EXPECT_TRUE(Has(ran.out, "GRADER  mutexes/click_counter"));
  EXPECT_TRUE(Has(ran.out, "ended before they gave a verdict"));
  EXPECT_EQ(ran.status, 4);
  ran = GradeTest("PASSED", {});
  EXPECT_TRUE(Has(ran.out, "GRADER"));
  EXPECT_EQ(ran.status, 4);
}

TEST_F(FaultsTest, TheReportThatBazelWritesItselfIsNoVerdict) {
  // What there is when the student's code calls exit(0) in a check.
  std::vector<std::string> events = TestEvents(kTarget, "PASSED", {});
  Write("fake/test-1.xml",
        "<testsuites><testsuite name=\"x\" tests=\"1\">"
        "<testcase name=\"x\" status=\"run\" duration=\"0\"></testcase>"
        "</testsuite></testsuites>");
  Answer({.events = events});
  const Ran ran = Course("grade click");
  EXPECT_TRUE(Has(ran.out, "GRADER")) << ran.out;
  EXPECT_EQ(ran.status, 4);
}

TEST_F(FaultsTest, AGraderThatHadToEndAtOnceSaysWhyInItsLog) {
  std::vector<std::string> events = TestEvents(kTarget, "FAILED", {});
  Write("fake/test-1.log",
        "PASSED  C.A\nRACE is a word\nPANIC\n  the code calls exit()\n");
  Answer({.events = events, .status = 3});
  const Ran ran = Course("grade click");
  EXPECT_EQ(ran.out.find("PANIC   mutexes/click_counter"), 0u) << ran.out;
  EXPECT_TRUE(Has(ran.out, "\n  the code calls exit()\n"));
  EXPECT_EQ(ran.status, 1);

  events = TestEvents(kTarget, "TIMEOUT", {});
  Write("fake/test-2.log", "HANG    C.A\n  it loops\nHANG    C.B\n  too\n");
  Answer({.events = events, .status = 3});
  EXPECT_TRUE(Has(Course("grade click").out, "\n  it loops\n"));
}

TEST_F(FaultsTest, NothingIsPassedWithoutTheExplorer) {
  EXPECT_EQ(GradeTest("PASSED", {"", ""}).status, 4);
}

TEST_F(FaultsTest, APassingCheckInAFailingProgramIsNotAPass) {
  EXPECT_EQ(GradeTest("FAILED", {kPassed}).status, 4);
}

TEST_F(FaultsTest, ATestOutOfTimeIsAHang) {
  const Ran ran = GradeTest("TIMEOUT", {});
  EXPECT_EQ(ran.out.find("HANG    mutexes/click_counter"), 0u);
  EXPECT_EQ(ran.status, 1);
}

TEST_F(FaultsTest, AVerdictThatCannotBeReadIsOurFault) {
  const Ran ran = GradeTest("PASSED", {"{broken"});
  EXPECT_TRUE(Has(ran.out, "GRADER"));
  EXPECT_TRUE(Has(ran.out, "The verdict cannot be read"));
  EXPECT_EQ(ran.status, 4);
  EXPECT_EQ(GradeTest("PASSED", {R"({"schema":2,"verdict":"PASSED"})"}).status,
            4);
  EXPECT_EQ(GradeTest("PASSED", {R"({"schema":1,"verdict":"FINE"})"}).status,
            4);
}

TEST_F(FaultsTest, TheStudentsFailureOutranksTheGraders) {
  const Ran ran =
      GradeTest("FAILED", {R"({"schema":1,"check":"C.A","verdict":"GRADER"})",
                           R"({"schema":1,"check":"C.B","verdict":"LEAK"})"});
  EXPECT_EQ(ran.out.find("LEAK    mutexes/click_counter"), 0u);
  EXPECT_EQ(ran.status, 1);
}

TEST_F(FaultsTest, ProgramTextCannotDriveTheTerminal) {
  const Ran ran =
      GradeTest("FAILED", {R"({"schema":1,"check":"C.A","verdict":"WRONG",)"
                           R"("summary":"\u001b[2Jgone\u0007","expectation":)"
                           R"("Expected: 4\n  Actual: \u001b[31m3"})"});
  EXPECT_FALSE(Has(ran.out, "\033"));
  EXPECT_TRUE(Has(ran.out, "  gone\n    Expected: 4\n      Actual: 3\n"))
      << ran.out;
}

TEST_F(FaultsTest, AnUnknownNameShowsTheThreeNearest) {
  const Ran ran = Course("grade mutexes/clik_counter");
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, Golden(R"(
There is no exercise or lesson "mutexes/clik_counter". The nearest names are:
  mutexes/click_counter
  mutexes/piggy_bank
  mutexes
Next: course list
)"));
  EXPECT_EQ(BazelCalls(), "");
}

TEST_F(FaultsTest, APrefixMustBeUnique) {
  Write("lessons/05_mutexes/BUILD",
        "exercise(name = \"click_counter\")\nexercise(name = \"click\")\n"
        "exercise(name = \"clip\")\n");
  const Ran ran = Course("hint cl");
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.out, Golden(R"(
"cl" is the beginning of several names:
  mutexes/click_counter
  mutexes/click
  mutexes/clip
Next: course list
)"));
  EXPECT_EQ(
      Course("hint 5/click_c").out.find("Hint 1 of 3  mutexes/click_counter"),
      0u);
  EXPECT_EQ(Course("hint exercises/05_mutexes/click_counter/exercise.cc")
                .out.find("Hint 2 of 3  mutexes/click_counter"),
            0u);
  // A whole name is not the prefix of a longer one.
  EXPECT_EQ(Course("hint click").status, 4);  // it has no hints.md
}

TEST_F(FaultsTest, WrongUsageExitsWithTwo) {
  for (const char* words :
       {"grde", "list --foo", "next now", "grade --skip", "hint --level",
        "hint --level=0", "demo hello --times=none", "d", "help nothing",
        "grade click --all", "--json=1", "join"}) {
    const Ran ran = Course(words);
    EXPECT_EQ(ran.status, 2) << words << "\n" << ran.out;
    EXPECT_TRUE(Has(ran.out, "\nNext: course ")) << words;
  }
}

TEST_F(FaultsTest, ABuildToolThatFailsIsTheEnvironment) {
  Answer({.printed = "Loading:\nERROR: no such package '@absl': is missing\n",
          .status = 1});
  const Ran ran = Course("grade click");
  EXPECT_EQ(ran.status, 3);
  EXPECT_TRUE(Has(ran.out, "  ERROR: no such package '@absl': is missing\n"))
      << ran.out;
  EXPECT_TRUE(Has(ran.out, "Next: course doctor\n"));
  EXPECT_FALSE(Has(Read(".course/state.json"), "failed"));
}

TEST_F(FaultsTest, AnExerciseThatIsGoneIsNotGraded) {
  unlink(Path(kFile).c_str());
  const Ran ran = Course("grade click");
  EXPECT_EQ(ran.status, 3);
  EXPECT_TRUE(Has(ran.out, std::string(kFile) + " is missing"));
  EXPECT_EQ(BazelCalls(), "");
}

TEST_F(FaultsTest, ErrorsAreJsonToo) {
  for (const char* words : {"grade nothing --json", "list --foo --json"}) {
    const Ran ran = Course(words);
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.out.find("{\n"), 0u);
    EXPECT_TRUE(Has(ran.out, "\"exit_status\": 2")) << ran.out;
    EXPECT_FALSE(Has(ran.out, "Next:"));
  }
}

TEST_F(FaultsTest, NoBuildToolIsTheEnvironment) {
  SetEnv("COURSE_BAZEL", Path("nowhere"));
  unlink(Path("fake/bazel").c_str());
  const Ran ran = Course("grade click");
  EXPECT_EQ(ran.status, 3);
  EXPECT_TRUE(Has(ran.out, "cannot start"));
  EXPECT_EQ(Course("doctor").status, 3);
}

TEST_F(FaultsTest, ADamagedStateIsMovedAsideAndNeverDeleted) {
  Write(".course/state.json", "{\"schema\": 1, \"exer");
  const Ran ran = Course("list");
  EXPECT_EQ(ran.status, 0);
  EXPECT_TRUE(Has(ran.err, "was damaged. It is kept as "));
  bool kept = false;
  for (const std::string& file : FilesIn(".course")) {
    if (file.rfind("state.json.damaged-", 0) != 0) continue;
    kept = true;
    EXPECT_EQ(Read(".course/" + file), "{\"schema\": 1, \"exer");
  }
  EXPECT_TRUE(kept);
  EXPECT_EQ(Course("list").err, "");
}

TEST_F(FaultsTest, AStateOfANewerVersionIsLeftAlone) {
  Write(".course/state.json", "{\"schema\": 7}");
  const Ran ran = Course("list");
  EXPECT_EQ(ran.status, 3);
  EXPECT_TRUE(Has(ran.out, "newer version"));
  EXPECT_EQ(Read(".course/state.json"), "{\"schema\": 7}");
}

TEST_F(FaultsTest, AStateThatCannotBeWrittenIsSaidAndLosesNothing) {
  Write(".course", "a file where the folder should be");
  const Ran ran = Course("grade click");
  EXPECT_EQ(ran.status, 3);
  EXPECT_TRUE(Has(ran.out, "Your progress cannot be kept")) << ran.out;
  EXPECT_EQ(BazelCalls(), "");
  EXPECT_EQ(Read(".course"), "a file where the folder should be");
}

TEST_F(FaultsTest, ASaveThatFailsLeavesTheOldState) {
  Answer({.events = TestEvents(kTarget, "PASSED", {kPassed})});
  Course("list");
  const std::string before = Read(".course/state.json");
  unlink(Path(".course/lock").c_str());
  Write(".course/lock/file", "A folder cannot be locked for writing.");
  const Ran ran = Course("grade click");
  EXPECT_TRUE(Has(ran.out, "PASSED")) << "the verdict is shown all the same";
  EXPECT_EQ(ran.status, 3) << ran.out;
  EXPECT_TRUE(Has(ran.out, "Your progress cannot be kept"));
  EXPECT_EQ(Read(".course/state.json"), before);
}

TEST_F(FaultsTest, InterruptedItEndsWithItsChildrenAndACleanState) {
  // A build that ignores the interruption, with a child of its own.
  Answer({.script = "trap '' INT\n"
                    "sleep 60 &\n"
                    "echo $! > \"$here/child\"\n"
                    "echo $$ > \"$here/self\"\n"
                    "wait"});
  Course("list");
  const std::string before = Read(".course/state.json");
  const pid_t pid = Start("grade click");
  for (int i = 0; i < 500 && !Exists("fake/self"); ++i) usleep(10000);
  ASSERT_TRUE(Exists("fake/self"));
  kill(pid, SIGINT);
  usleep(200000);
  kill(pid, SIGINT);  // the second one does not wait
  const Ran ran = Finish(pid);
  EXPECT_EQ(ran.status, 130);
  EXPECT_EQ(ran.out, "Interrupted. Nothing has changed.\nNext: course grade\n");
  for (const char* file : {"fake/child", "fake/self"}) {
    const pid_t process = std::stoi(Read(file));
    // A killed orphan may need a moment until it is reaped.
    for (int i = 0; i < 500 && kill(process, 0) == 0; ++i) usleep(10000);
    EXPECT_NE(kill(process, 0), 0) << file;
  }
  EXPECT_EQ(Read(".course/state.json"), before);
  EXPECT_EQ(FilesIn(".course"),
            (std::vector<std::string>{"bazel.log", "lock", "state.json"}));
}

TEST_F(FaultsTest, WhatOutlivesTheBuildIsEnded) {
  Answer({.events = TestEvents(kTarget, "PASSED", {kPassed}),
          .script = "sleep 60 &\necho $! > \"$here/child\""});
  EXPECT_EQ(Course("grade click").status, 0);
  const pid_t child = std::stoi(Read("fake/child"));
  for (int i = 0; i < 500 && kill(child, 0) == 0; ++i) usleep(10000);
  EXPECT_NE(kill(child, 0), 0);
}

TEST_F(FaultsTest, ATerminationIsPassedOnAsAnInterruption) {
  Answer({.script = "trap 'touch \"$here/told\"; exit 8' INT\n"
                    "touch \"$here/self\"\n"
                    "while :; do sleep 0.05; done"});
  const pid_t pid = Start("grade click");
  for (int i = 0; i < 500 && !Exists("fake/self"); ++i) usleep(10000);
  kill(pid, SIGTERM);
  EXPECT_EQ(Finish(pid).status, 130);
  EXPECT_TRUE(Exists("fake/told"));
}

TEST_F(FaultsTest, TestWithoutResultsIsAFailure) {
  Answer({.printed = "ERROR: cannot load\n", .status = 1});
  const Ran ran = Course("test");
  EXPECT_EQ(ran.status, 1);
  EXPECT_TRUE(Has(ran.out, "    | ERROR: cannot load\n"));
  EXPECT_TRUE(Has(ran.out, "\n0 passed, 2 failed\n"));
}

TEST_F(FaultsTest, DoctorNamesWhatIsMissing) {
  EXPECT_EQ(Course("doctor").out, Golden(R"(
ok    2 lessons, 1 demo, 3 exercises
ok    progress is kept in ROOT/.course/state.json
ok    bazel 4.2.3
Next: course
)"));
  unlink(
      Path(std::string("exercises/05_mutexes/click_counter/hints.md")).c_str());
  const Ran ran = Course("doctor");
  EXPECT_EQ(ran.status, 3);
  EXPECT_TRUE(
      Has(ran.out,
          "FAIL  exercises/05_mutexes/click_counter/hints.md is missing\n"));
}

TEST_F(FaultsTest, ADemoThatDoesNotCompileIsUnexpected) {
  Answer({.events = BuildFailure("//lessons/01_intro:hello", "CppCompile",
                                 "lessons/01_intro/hello.cc:5:1: error: no\n"),
          .status = 1});
  const Ran ran = Course("demo hello");
  EXPECT_EQ(ran.status, 1);
  EXPECT_TRUE(Has(ran.out,
                  "UNEXPECTED: intro/hello does not compile.\n"
                  "  lessons/01_intro/hello.cc:5: no\n"))
      << ran.out;
}

}  // namespace
}  // namespace e2e
