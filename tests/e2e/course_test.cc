// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the course program says when all goes as it should.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/e2e/fake_course.h"

namespace e2e {
namespace {

constexpr char kPassed[] =
    R"({"schema":1,"check":"Click.NoClickIsLost","verdict":"PASSED",)"
    R"("executions":1344,"complete":true})";

constexpr char kSampled[] =
    R"({"schema":1,"check":"Click.Many","verdict":"PASSED",)"
    R"("executions":20000,"complete":false,"complete_preemptions":2})";

constexpr char kRace[] = R"json({
  "schema": 1, "check": "Click.NoClickIsLost", "verdict": "RACE",
  "summary": "two goroutines touch `total_`, and nothing orders them",
  "executions": 3, "found_in": 3, "complete": false,
  "locations": [
    {"role": "write", "line": 2, "text": "total_ += 1;",
     "file": "exercises/05_mutexes/click_counter/exercise.cc",
     "goroutine": 7, "name": "clicker", "held": []},
    {"role": "read", "line": 44, "text": "return total_;",
     "file": "exercises/05_mutexes/click_counter/exercise.cc",
     "goroutine": 5, "name": "watcher", "held": ["mu_"]}],
  "goroutines": [{"id": 1, "name": "main"}, {"id": 5, "name": "watcher"},
                 {"id": 7, "name": "clicker"}],
  "steps": [{"goroutine": 1, "text": "Go(5)"},
            {"goroutine": 1, "text": "Go(7)"},
            {"goroutine": 5, "text": "mu_.Lock()"},
            {"goroutine": 7, "text": "total_ += 1"},
            {"goroutine": 5, "text": "return total_"}],
  "order_hint": "each holding mu_",
  "replay": "x", "expectation": ""})json";

class CourseTest : public FakeCourse {
 protected:
  void AnswerFor(const std::string& exercise, const std::string& status,
                 const std::vector<std::string>& checks) {
    Answer({.events = TestEvents("//lessons/" + exercise, status, checks),
            .status = status == "PASSED" ? 0 : 3});
  }
};

TEST_F(CourseTest, APassSaysHowMuchWasVerifiedAndWhatIsNext) {
  AnswerFor("05_mutexes:click_counter", "PASSED", {kPassed, kPassed});
  const Ran ran = Course("grade mutexes/click_counter");
  EXPECT_EQ(ran.out, Golden(R"(
PASSED  mutexes/click_counter                              2 of 2 checks   N.N s
  verified: all 2,688 interleavings pass
Next: course next       (list, demo)
)"));
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(BazelCalls(),
            "test --color=no --curses=no --show_progress_rate_limit=0.3 "
            "//lessons/05_mutexes:click_counter\n");
}

TEST_F(CourseTest, APassSaysWhatWasOnlySampled) {
  AnswerFor("05_mutexes:click_counter", "PASSED", {kPassed, kSampled});
  EXPECT_NE(Course("grade mutexes/click_counter")
                .out.find("verified: all 1,344 interleavings pass in 1 check; "
                          "no failure in 20,000 interleavings of the other, "
                          "among them all with at most 2 preemptions"),
            std::string::npos);
}

TEST_F(CourseTest, ARaceIsShownWithBothLinesAndTheInterleaving) {
  AnswerFor("05_mutexes:click_counter", "FAILED", {kPassed, kRace, kPassed});
  const Ran ran = Course("grade mutexes/click_counter");
  EXPECT_EQ(ran.out, Golden(R"(
RACE    mutexes/click_counter                              2 of 3 checks   N.N s
  two goroutines touch `total_`, and nothing orders them
    write  exercise.cc:2   total_ += 1;    goroutine 7 "clicker"  holds nothing
    read   exercise.cc:44  return total_;  goroutine 5 "watcher"  holds mu_
  step  main           5 watcher      7 clicker
     1  Go(5)
     2  Go(7)
     3                 mu_.Lock()
     4                                total_ += 1
     5                 return total_
  would order them: each holding mu_
  in check Click.NoClickIsLost, interleaving 3
Next: course hint       (or edit the file, then course grade)
)"));
  EXPECT_EQ(ran.status, 1);
}

TEST_F(CourseTest, AStepIsReadableToItsEndAndALongTableLosesItsMiddle) {
  const std::string last = "a step that takes about fifty columns of text";
  std::string steps;
  for (int i = 0; i < 30; ++i) {
    steps += R"({"goroutine": 1, "text": "n += 1;"},)";
  }
  steps += R"({"goroutine": 3, "text": ")" + last + R"("})";
  AnswerFor("05_mutexes:click_counter", "FAILED",
            {R"({"schema": 1, "verdict": "DEADLOCK", "goroutines": [)"
             R"({"id": 1, "name": "main"}, {"id": 2}, {"id": 3}], )"
             R"("steps": [)" +
             steps + "]}"});
  const std::string out = Course("grade click").out;
  const std::string indent(27, ' ');
  for (const std::string& part :
       {"\n  step  main" + std::string(23, ' ') + "goroutine 3\n",
        std::string("     6  n += 1;\n   ...  7 more steps\n    14  n += 1;\n"),
        "\n    31  " + indent + last + "\n"}) {
    EXPECT_NE(out.find(part), std::string::npos) << part << "in\n" << out;
  }
}

TEST_F(CourseTest, TheFirstRunShowsTheLoopOnceAndTheNextOneDoesNot) {
  Answer({.events = Program("//lessons/01_intro:hello", "echo hello\n")});
  AnswerFor("01_intro:first_steps", "FAILED", {kRace});
  const Ran first = Course("");
  EXPECT_EQ(first.status, 0);
  EXPECT_EQ(first.out.find("Welcome to Concurrency in C++"), 0u);
  EXPECT_NE(first.out.find("1. course demo intro/hello\nhello\nas expected"),
            std::string::npos)
      << first.out;
  EXPECT_NE(first.out.find("RACE    intro/first_steps"), std::string::npos);
  EXPECT_NE(first.out.find("Next: course grade"), std::string::npos);

  const Ran second = Course("", "exercises/05_mutexes");
  EXPECT_EQ(second.out, Golden(R"(
Concurrency in C++                     lesson 1 of 2  [--------------------] 0/3
You are at  intro/first_steps          not passed
  read   lessons/01_intro/README.md
  task   exercises/01_intro/first_steps/README.md
  edit   exercises/01_intro/first_steps/exercise.cc:1
Next: course grade      (hint, list, demo)
)"));
}

TEST_F(CourseTest, StatusCountsTriesHintsAndPasses) {
  AnswerFor("05_mutexes:click_counter", "FAILED", {kRace});
  AnswerFor("05_mutexes:piggy_bank", "PASSED", {kPassed});
  Course("grade piggy");  // the first answer is for another target
  Course("grade piggy");
  Course("hint click");
  AnswerFor("05_mutexes:click_counter", "FAILED", {kRace});
  Course("grade click");
  Course("grade click");
  EXPECT_EQ(Course("").out, Golden(R"(
Concurrency in C++                     lesson 2 of 2  [######--------------] 1/3
You are at  mutexes/click_counter      not passed, 2 tries, 1 hint used, RACE
  read   lessons/05_mutexes/README.md#critical-sections
  task   exercises/05_mutexes/click_counter/README.md
  edit   exercises/05_mutexes/click_counter/exercise.cc:1
Next: course grade      (hint, list, demo)
)"));
}

TEST_F(CourseTest, ListShowsMarksScoresAndVerdicts) {
  AnswerFor("05_mutexes:click_counter", "FAILED", {kPassed, kRace});
  AnswerFor("05_mutexes:piggy_bank", "PASSED", {kPassed});
  Course("grade click");
  Course("grade piggy");
  EXPECT_EQ(Course("list").out, Golden(R"(
01  intro: Introduction                                                      0/1
  [ ] demo intro/hello  Two goroutines say hello.
  [ ] intro/first_steps
05  mutexes: Mutual exclusion                                                1/2
  [ ] mutexes/click_counter              1/2   RACE
> [x] mutexes/piggy_bank                 1/1   PASSED
Next: course next
)"));
  EXPECT_EQ(Course("list --failed").out, Golden(R"(
05  mutexes: Mutual exclusion                                                1/2
  [ ] mutexes/click_counter              1/2   RACE
Next: course next
)"));
  Write("exercises/05_mutexes/piggy_bank/exercise.cc", "// edited\n");
  EXPECT_NE(Course("list 05").out.find("piggy_bank                 1/1   "
                                       "changed since"),
            std::string::npos);
}

TEST_F(CourseTest, ALaterFailureDoesNotTakeAPassAway) {
  AnswerFor("05_mutexes:click_counter", "PASSED", {kPassed});
  AnswerFor("05_mutexes:click_counter", "FAILED", {kRace});
  Course("grade click");
  EXPECT_EQ(Course("grade click").status, 1);
  EXPECT_NE(Course("list").out.find("[x] mutexes/click_counter"),
            std::string::npos);
}

TEST_F(CourseTest, NextRefusesWhatIsNotPassedAndSkipMarksIt) {
  const Ran refused = Course("next");
  EXPECT_EQ(refused.status, 1);
  EXPECT_EQ(refused.out,
            "intro/first_steps is not passed yet.\nNext: course grade\n");
  const Ran skipped = Course("next --skip");
  EXPECT_EQ(skipped.status, 0);
  EXPECT_EQ(skipped.out, Golden(R"(
You are at  mutexes/click_counter  Count clicks
  new lesson: Mutual exclusion
  read   lessons/05_mutexes/README.md#critical-sections
  task   exercises/05_mutexes/click_counter/README.md
  edit   exercises/05_mutexes/click_counter/exercise.cc:1
Next: course grade      (hint, list, demo)
)"));
  EXPECT_NE(Course("list").out.find("[-] intro/first_steps"),
            std::string::npos);
}

TEST_F(CourseTest, NextComesBackToWhatWasSkippedAndEndsWhenAllIsPassed) {
  Course("next --skip");
  Course("next --skip");
  EXPECT_NE(Course("next --skip").out.find("intro/first_steps"),
            std::string::npos);
  AnswerFor("01_intro:first_steps", "PASSED", {kPassed});
  AnswerFor("05_mutexes:click_counter", "PASSED", {kPassed});
  AnswerFor("05_mutexes:piggy_bank", "PASSED", {kPassed});
  Course("grade first");
  Course("grade click");
  Course("grade piggy");
  EXPECT_EQ(Course("next").out,
            "You have passed every exercise.\nNext: course list\n");
}

TEST_F(CourseTest, HintsSayMoreEachTime) {
  EXPECT_EQ(Course("hint click").out, Golden(R"(
Hint 1 of 3  mutexes/click_counter
  Who else reads `total_`?
Next: course grade mutexes/click_counter  (hint once more for hint 2)
)"));
  EXPECT_NE(
      Course("hint click")
          .out.find("  A lock, see critical sections\n"
                    "  (lessons/05_mutexes/README.md#critical-sections).\n"),
      std::string::npos);
  EXPECT_NE(Course("hint click")
                .out.find("Hint 3 of 3  mutexes/click_counter\n"
                          "      mu_.Lock();\n"),
            std::string::npos);
  const std::string again = Course("hint click").out;
  for (const char* title : {"Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3"}) {
    EXPECT_NE(again.find(title), std::string::npos) << title;
  }
  EXPECT_EQ(Course("hint click --level 4").status, 2);
}

TEST_F(CourseTest, TheFirstHintIsThatOnTheLastVerdict) {
  AnswerFor("05_mutexes:click_counter", "FAILED", {kRace});
  Course("grade click");
  EXPECT_EQ(Course("hint").out, Golden(R"(
Hint on RACE  mutexes/click_counter
  Look at the two lines it names.
Hint 1 of 3  mutexes/click_counter
  Who else reads `total_`?
Next: course grade      (hint once more for hint 2)
)"));
}

TEST_F(CourseTest, ADemoThatKeepsItsPromiseIsAsExpected) {
  Answer({.events = Program("//lessons/01_intro:hello", "echo hello\n")});
  const Ran ran = Course("demo hello");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out.find("intro/hello  lessons/01_intro/hello.cc\n"
                         "  Two goroutines say hello.\n\n"
                         "hello\nas expected"),
            0u)
      << ran.out;
  EXPECT_NE(Course("list").out.find("[x] demo intro/hello"), std::string::npos);
}

TEST_F(CourseTest, ADemoThatDeadlocksOnPurposeExitsWithZero) {
  Write("lessons/01_intro/hello.cc",
        "// Wrong on purpose: deadlocks.\nint main() {}\n\n"
        "// Stderr contains:\n// all goroutines are asleep - deadlock!\n"
        "// Exit status: 2\n");
  Answer({.events = Program(
              "//lessons/01_intro:hello",
              "echo 'fatal error: all goroutines are asleep - deadlock!' >&2\n"
              "exit 2\n")});
  const Ran ran = Course("demo hello");
  EXPECT_EQ(ran.status, 0);
  EXPECT_NE(ran.out.find("as expected: deadlock"), std::string::npos)
      << ran.out;
  EXPECT_NE(Course("demo --list").out.find("hello  wrong: deadlocks."),
            std::string::npos);
}

TEST_F(CourseTest, ADemoThatBreaksItsPromiseIsUnexpected) {
  Answer({.events = Program("//lessons/01_intro:hello", "echo goodbye\n")});
  const Ran ran = Course("demo hello --times 3");
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("UNEXPECTED  intro/hello"), std::string::npos);
  EXPECT_NE(ran.out.find("run 1 of 3"), std::string::npos);
  EXPECT_EQ(ran.out.find("run 2 of 3"), std::string::npos);
}

TEST_F(CourseTest, GradeAllCountsAndExitsWithTheWorst) {
  std::vector<std::string> events =
      TestEvents("//lessons/01_intro:first_steps", "PASSED", {kPassed});
  for (const std::string& e :
       TestEvents("//lessons/05_mutexes:click_counter", "FAILED", {kRace})) {
    events.push_back(e);
  }
  for (const std::string& e :
       BuildFailure("//lessons/05_mutexes:piggy_bank", "CppCompile",
                    "exercises/05_mutexes/piggy_bank/exercise.cc:3:4: error: "
                    "no\n")) {
    events.push_back(e);
  }
  Answer({.events = events, .status = 3});
  const Ran ran = Course("grade --all");
  EXPECT_EQ(ran.out, Golden(R"(
1 of 3 exercises passed
  PASSED    intro/first_steps                                       1 of 1 check
  RACE      mutexes/click_counter                                   0 of 1 check
  BUILD     mutexes/piggy_bank
Next: course grade mutexes/click_counter
)"));
  EXPECT_EQ(ran.status, 1);
}

TEST_F(CourseTest, JsonIsOneObjectWithTheVerdictsAsGiven) {
  AnswerFor("05_mutexes:click_counter", "FAILED", {kPassed, kRace});
  const Ran ran = Course("grade click --json");
  EXPECT_EQ(ran.out.find("{\n"), 0u);
  for (const char* part :
       {"\"verdict\": \"RACE\"", "\"passed\": 1", "\"total\": 2",
        "\"replay\": \"x\"", "\"exercise\": \"mutexes/click_counter\""}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(Course("list --json").out.find("{\n"), 0u);
  EXPECT_EQ(Course("--json").out.find("{\n"), 0u);
}

TEST_F(CourseTest, TestCountsBothRunsAndNamesWhatFails) {
  Answer({.events = TestEvents("//tests:a", "PASSED", {})});
  std::vector<std::string> events = TestEvents("//lessons:b", "FAILED", {});
  for (const std::string& e :
       BuildFailure("//lessons:c", "CppCompile", "c.cc:1:1: error: no\n")) {
    events.push_back(e);
  }
  Answer({.events = events, .status = 1});
  const Ran ran = Course("test");
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("  FAILED   //lessons:b\n"
                         "           ROOT/fake/test-2.log\n"
                         "    | the log of //lessons:b\n"),
            std::string::npos)
      << ran.out;
  EXPECT_NE(ran.out.find("  BUILD    //lessons:c\n"), std::string::npos);
  EXPECT_NE(ran.out.find("\n1 passed, 2 failed\n"), std::string::npos);
  EXPECT_EQ(ran.out.substr(ran.out.size() - 19), "1 passed, 2 failed\n");
  const std::string calls = BazelCalls();
  EXPECT_NE(calls.find(" --keep_going //tests/...\n"), std::string::npos);
  EXPECT_NE(calls.find(" --keep_going --config=solutions //lessons/...\n"),
            std::string::npos);
}

TEST_F(CourseTest, TestLeavesStarterProofsOutOnceAnExerciseIsEdited) {
  Answer({.events = TestEvents("//tests:a", "PASSED", {})});
  Course("list");
  EXPECT_EQ(Course("test").out.find("Left out"), std::string::npos);
  Write("exercises/05_mutexes/click_counter/exercise.cc", "// mine\n");
  const Ran ran = Course("test");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out.find("Left out, because you have edited exercises"), 0u);
  EXPECT_NE(ran.out.find("  edited  mutexes/click_counter\n"),
            std::string::npos);
  EXPECT_NE(BazelCalls().find("--test_tag_filters=-starter "
                              "--build_tests_only //tests/..."),
            std::string::npos);
}

TEST_F(CourseTest, JoinKeepsTheBestOfBoth) {
  AnswerFor("05_mutexes:click_counter", "PASSED", {kPassed});
  AnswerFor("05_mutexes:click_counter", "FAILED", {kPassed, kRace});
  Course("grade click");
  Write("theirs.json", Read(".course/state.json"));
  Write(".course/state.json", R"({"schema":1})");
  Course("grade click");
  EXPECT_NE(Course("list").out.find("[ ] mutexes/click_counter"),
            std::string::npos);
  EXPECT_EQ(Course("join theirs.json").out,
            "Joined: 1 exercise passed.\nNext: course list\n");
  EXPECT_NE(
      Course("list").out.find("[x] mutexes/click_counter              1/1"),
      std::string::npos);
}

}  // namespace
}  // namespace e2e
