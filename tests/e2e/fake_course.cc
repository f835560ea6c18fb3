// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/e2e/fake_course.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace e2e {
namespace {

namespace fs = std::filesystem;

// Takes answers 1, 2, ... from the folder beside it; the last one stays.
constexpr char kBazel[] = R"sh(#!/bin/sh
here=$(dirname "$0")
if [ "$1" = --version ]; then
  echo 'bazel 4.2.3'
  exit 0
fi
echo "$@" | sed 's/ --build_event_json_file=[^ ]*//' >> "$here/calls"
n=$(($(cat "$here/count" 2>/dev/null || echo 0) + 1))
echo "$n" > "$here/count"
while [ ! -e "$here/answer-$n" ]; do n=$((n - 1)); done
for word; do
  case $word in
    --build_event_json_file=*) events=${word#*=} ;;
  esac
done
cp "$here/answer-$n" "$events"
. "$here/script-$n"
)sh";

std::string XmlEscaped(const std::string& text) {
  std::string escaped;
  for (char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string FileEvent(const std::string& name, const std::string& path) {
  return R"({"name":")" + name + R"(","uri":"file://)" + path + R"("})";
}

}  // namespace

std::string Golden(const std::string& text) { return text.substr(1); }

void FakeCourse::SetUp() {
  const char* scratch = std::getenv("TEST_TMPDIR");
  const testing::TestInfo* info =
      testing::UnitTest::GetInstance()->current_test_info();
  root_ =
      std::string(scratch != nullptr ? scratch : "/tmp") + "/" + info->name();
  fs::remove_all(root_);
  fs::create_directories(root_);

  Write("WORKSPACE", "");
  Write("lessons/01_intro/README.md", "# 1. Introduction\n");
  Write("lessons/01_intro/BUILD", R"(load("//tools:defs.bzl", "demo")
# demo(name = "not_this_one")
demo(name = "hello")

exercise(
    name = "first_steps",
    right = ["with_channel"],
    starter = "wrong",
    wrong = [
        "forgot",
    ],
)
)");
  Write("lessons/01_intro/hello.cc", R"(// Copyright
// SPDX-License-Identifier: MIT

// Two goroutines say hello. Look at the order.
int main() {}

// Output:
// hello
)");
  Write("lessons/05_mutexes/README.md", "# Mutual exclusion\n");
  Write("lessons/05_mutexes/BUILD",
        "exercise(name = \"click_counter\", wrong = [])\n"
        "exercise(name = \"piggy_bank\", wrong = [])\n");
  for (const char* exercise :
       {"01_intro/first_steps", "05_mutexes/click_counter",
        "05_mutexes/piggy_bank"}) {
    const std::string dir = std::string("exercises/") + exercise;
    Write(dir + "/README.md",
          "# Count clicks\n\nRead first: [critical "
          "sections](../../../lessons/05_mutexes/"
          "README.md#critical-sections).\n");
    Write(dir + "/exercise.h", "void Run();\n");
    Write(dir + "/exercise.cc", "// TODO(you): lock it.\ntotal_ += 1;\n");
    Write(dir + "/hints.md",
          "# Hints\n\n## Hint 1\n\nWho else reads `total_`?\n\n"
          "## Hint 2\n\nA lock, see [critical sections]"
          "(../../../lessons/05_mutexes/README.md#critical-sections).\n\n"
          "## Hint 3\n\n```cpp\nmu_.Lock();\n```\n\n"
          "## RACE\n\nLook at the two lines it names.\n");
  }
  Write("fake/bazel", kBazel);
  fs::permissions(Path("fake/bazel"), fs::perms::owner_all);
  SetEnv("COURSE_BAZEL", Path("fake/bazel"));
  SetEnv("COURSE_ROOT", root_);
  SetEnv("PATH", "/usr/bin:/bin");
  SetEnv("TZ", "UTC");
}

pid_t FakeCourse::Start(const std::string& words, const std::string& folder) {
  std::vector<std::string> argv = {
      fs::absolute("tools/course/course").string()};
  std::istringstream in(words);
  for (std::string word; in >> word;) argv.push_back(word);
  std::vector<char*> raw_argv, raw_env;
  for (std::string& word : argv) raw_argv.push_back(word.data());
  raw_argv.push_back(nullptr);
  std::vector<std::string> environment = environment_;
  for (std::string& entry : environment) raw_env.push_back(entry.data());
  raw_env.push_back(nullptr);
  const std::string out = Path("stdout"), err = Path("stderr");
  const std::string cwd = Path(folder);
  const pid_t pid = fork();
  if (pid == 0) {
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    dup2(open(out.c_str(), flags, 0666), STDOUT_FILENO);
    dup2(open(err.c_str(), flags, 0666), STDERR_FILENO);
    if (chdir(cwd.c_str()) == 0) {
      execve(raw_argv[0], raw_argv.data(), raw_env.data());
    }
    _exit(127);
  }
  return pid;
}

Ran FakeCourse::Finish(pid_t pid) {
  int status = 0;
  waitpid(pid, &status, 0);
  Ran ran;
  ran.status =
      WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  ran.out = Clean(Read("stdout"));
  ran.err = Clean(Read("stderr"));
  return ran;
}

Ran FakeCourse::Course(const std::string& words, const std::string& folder) {
  return Finish(Start(words, folder));
}

void FakeCourse::Answer(const BazelAnswer& answer) {
  const std::string n = std::to_string(++answers_);
  std::string events;
  for (const std::string& line : answer.events) events += line + "\n";
  Write("fake/answer-" + n, events);
  Write("fake/printed-" + n, answer.printed);
  Write("fake/script-" + n, "cat \"$here/printed-" + n + "\" >&2\n" +
                                answer.script + "\nexit " +
                                std::to_string(answer.status) + "\n");
}

std::string FakeCourse::BazelCalls() const { return Clean(Read("fake/calls")); }

void FakeCourse::Write(const std::string& file, const std::string& text) const {
  fs::create_directories(fs::path(Path(file)).parent_path());
  std::ofstream(Path(file), std::ios::binary) << text;
}

std::string FakeCourse::Read(const std::string& file) const {
  std::ifstream in(Path(file), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool FakeCourse::Exists(const std::string& file) const {
  return fs::exists(Path(file));
}

std::vector<std::string> FakeCourse::FilesIn(const std::string& folder) const {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(Path(folder))) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string FakeCourse::Clean(std::string text) const {
  for (size_t at = text.find(root_); at != std::string::npos;
       at = text.find(root_, at)) {
    text.replace(at, root_.size(), "ROOT");
  }
  return std::regex_replace(text, std::regex(R"(\b\d\.\d s\b)"), "N.N s");
}

std::vector<std::string> FakeCourse::TestEvents(
    const std::string& target, const std::string& status,
    const std::vector<std::string>& checks) {
  const std::string n = std::to_string(++files_);
  std::string xml = "<testsuites><testsuite>\n";
  int number = 0;
  for (const std::string& check : checks) {
    xml += "<testcase name=\"Check" + std::to_string(++number) +
           "\" status=\"run\" result=\"completed\" classname=\"Plain\">";
    if (!check.empty()) {
      xml += "<properties><property name=\"verdict\" value=\"" +
             XmlEscaped(check) + "\"/></properties>";
    }
    xml += "</testcase>\n";
  }
  xml += "</testsuite></testsuites>\n";
  Write("fake/test-" + n + ".xml", xml);
  Write("fake/test-" + n + ".log", "the log of " + target + "\n");
  const std::string label = R"({"label":")" + target + R"("})";
  return {R"({"id":{"targetCompleted":)" + label +
              R"(},"completed":{"success":true}})",
          R"({"id":{"testResult":)" + label + R"(},"testResult":{"status":")" +
              status +
              R"(","testAttemptDurationMillis":"1900","testActionOutput":[)" +
              FileEvent("test.log", Path("fake/test-" + n + ".log")) + "," +
              FileEvent("test.xml", Path("fake/test-" + n + ".xml")) + "]}}",
          R"({"id":{"testSummary":)" + label +
              R"(},"testSummary":{"overallStatus":")" + status + R"("}})"};
}

std::vector<std::string> FakeCourse::BuildFailure(
    const std::string& target, const std::string& action_type,
    const std::string& compiler_output) {
  const std::string n = std::to_string(++files_);
  Write("fake/stderr-" + n, compiler_output);
  const std::string id = R"({"actionCompleted":{"primaryOutput":"out/)" + n +
                         R"(.o","label":"//lessons:x"}})";
  return {R"({"id":)" + id + R"(,"action":{"exitCode":1,"type":")" +
              action_type + R"(","stderr":)" +
              FileEvent("stderr", Path("fake/stderr-" + n)) + "}}",
          R"({"id":{"targetCompleted":{"label":")" + target +
              R"("}},"children":[)" + id +
              R"(],"completed":{"failureDetail":{"message":"failed"}}})"};
}

std::vector<std::string> FakeCourse::Program(const std::string& target,
                                             const std::string& script) {
  const std::string name = target.substr(target.find(':') + 1);
  Write("fake/bin/" + name, "#!/bin/sh\n" + script);
  fs::permissions(Path("fake/bin/" + name), fs::perms::owner_all);
  return {R"({"id":{"namedSet":{"id":"0"}},"namedSetOfFiles":{"files":[)" +
              FileEvent(name, Path("fake/bin/" + name)) + "]}}",
          R"({"id":{"targetCompleted":{"label":")" + target +
              R"("}},"completed":{"success":true,"outputGroup":[)"
              R"({"name":"default","fileSets":[{"id":"0"}]}]}})"};
}

}  // namespace e2e
