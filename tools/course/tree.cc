// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/tree.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/course/text.h"

namespace course {
namespace {

namespace fs = std::filesystem;

bool IsLessonDir(const std::string& name) {
  return name.size() > 3 && std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::isdigit(static_cast<unsigned char>(name[1])) && name[2] == '_';
}

// The first heading of a Markdown file, without a number in front of it.
std::string Heading(const std::string& path, const std::string& fallback) {
  for (const std::string& line : ReadLines(path)) {
    if (line.rfind("# ", 0) != 0) continue;
    const std::string heading = Printable(Trim(line.substr(2)));
    // "5. Mutexes" is "Mutexes": the lesson's number is shown elsewhere.
    const size_t digits = heading.find_first_not_of("0123456789");
    const bool numbered = digits > 0 && digits != std::string::npos &&
                          heading.compare(digits, 2, ". ") == 0;
    return numbered ? Trim(heading.substr(digits + 2)) : heading;
  }
  return fallback;
}

// The first sentence of a source's opening comment, behind the licence's head.
std::string OpeningSentence(const std::string& path) {
  std::string text;
  for (const std::string& line : ReadLines(path)) {
    if (line.rfind("//", 0) != 0) {
      if (text.empty()) continue;
      break;
    }
    const std::string words = Trim(line.substr(2));
    if (words.find("Copyright") == 0 || words.find("SPDX-") == 0) continue;
    if (words.empty()) {
      if (text.empty()) continue;
      break;
    }
    if (!text.empty()) text += ' ';
    text += words;
    const size_t end = text.find(". ");
    if (end != std::string::npos) return Printable(text.substr(0, end + 1));
    if (text.back() == '.') break;
  }
  return Printable(text);
}

// Reads Starlark as far as is needed to see calls at the top level of a file
// and the strings that are their arguments.
class BuildScanner {
 public:
  explicit BuildScanner(const std::string& text) : text_(text) {}

  std::vector<std::string> Names(const std::string& macro) {
    std::vector<std::string> names;
    int depth = 0;
    bool in_call = false;  // between the parentheses of a call of macro
    bool named = false;    // this call's name is known
    std::string word;      // the identifier just read
    std::string keyword;   // the word in front of the last '='
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        SkipLine();
      } else if (c == '"' || c == '\'') {
        const std::string value = String();
        if (in_call && depth == 1 && !named &&
            (keyword == "name" || keyword.empty())) {
          names.push_back(value);
          named = true;
        }
      } else if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
        word = Word();
      } else {
        ++at_;
        if (c == '(' || c == '[' || c == '{') {
          if (depth++ == 0) {
            in_call = c == '(' && word == macro;
            named = false;
          }
          keyword.clear();
        } else if (c == ')' || c == ']' || c == '}') {
          --depth;
        } else if (c == '=') {
          keyword = word;
        } else if (c == ',' && depth == 1) {
          keyword.clear();
        }
        if (!std::isspace(static_cast<unsigned char>(c))) word.clear();
      }
    }
    return names;
  }

 private:
  void SkipLine() {
    while (at_ < text_.size() && text_[at_] != '\n') ++at_;
  }

  std::string Word() {
    const size_t from = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
            text_[at_] == '_')) {
      ++at_;
    }
    return text_.substr(from, at_ - from);
  }

  std::string String() {
    const char quote = text_[at_];
    const std::string triple(3, quote);
    const bool long_form = text_.compare(at_, 3, triple) == 0;
    const std::string end = long_form ? triple : std::string(1, quote);
    at_ += end.size();
    std::string value;
    while (at_ < text_.size() && text_.compare(at_, end.size(), end) != 0) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      value += text_[at_++];
    }
    at_ = std::min(text_.size(), at_ + end.size());
    return value;
  }

  const std::string& text_;
  size_t at_ = 0;
};

Lesson ReadLesson(const std::string& root, const std::string& dir) {
  Lesson lesson;
  lesson.dir = dir;
  lesson.topic = dir.substr(3);
  lesson.title = Heading(root + "/" + lesson.Readme(), lesson.topic);
  const std::string build =
      ReadFile(root + "/lessons/" + dir + "/BUILD").value_or("");
  for (const std::string& slug : NamesOfCalls(build, "demo")) {
    Demo demo{dir, lesson.topic, slug, ""};
    demo.title = OpeningSentence(root + "/" + demo.File());
    lesson.demos.push_back(demo);
  }
  for (const std::string& slug : NamesOfCalls(build, "exercise")) {
    Exercise exercise{dir, lesson.topic, slug, ""};
    exercise.title = Heading(root + "/" + exercise.Dir() + "/README.md", slug);
    lesson.exercises.push_back(exercise);
  }
  return lesson;
}

}  // namespace

std::string Demo::ShortTitle() const {
  const std::string kWrong = "Wrong on purpose: ";
  if (title.rfind(kWrong, 0) != 0) return title;
  return "wrong: " + title.substr(kWrong.size());
}

std::vector<const Exercise*> Tree::Exercises() const {
  std::vector<const Exercise*> all;
  for (const Lesson& lesson : lessons) {
    for (const Exercise& e : lesson.exercises) all.push_back(&e);
  }
  return all;
}

std::vector<const Demo*> Tree::Demos() const {
  std::vector<const Demo*> all;
  for (const Lesson& lesson : lessons) {
    for (const Demo& d : lesson.demos) all.push_back(&d);
  }
  return all;
}

const Exercise* Tree::FindExercise(const std::string& name) const {
  for (const Exercise* e : Exercises()) {
    if (e->Name() == name) return e;
  }
  return nullptr;
}

const Lesson* Tree::LessonOf(const Exercise& exercise) const {
  for (const Lesson& lesson : lessons) {
    if (lesson.dir == exercise.lesson_dir) return &lesson;
  }
  return nullptr;
}

absl::StatusOr<std::string> FindRoot() {
  std::error_code error;
  if (const char* root = std::getenv("COURSE_ROOT"); root && *root) {
    if (fs::is_directory(std::string(root) + "/lessons", error)) return root;
    return absl::NotFoundError(std::string("COURSE_ROOT is ") + root +
                               ", which is not a checkout of the course");
  }
  for (fs::path dir = fs::current_path(error); !dir.empty();
       dir = dir.parent_path()) {
    if (fs::exists(dir / "WORKSPACE", error) &&
        fs::is_directory(dir / "lessons", error)) {
      return dir.string();
    }
    if (dir == dir.root_path()) break;
  }
  return absl::NotFoundError(
      "this folder is not inside a checkout of the course");
}

absl::StatusOr<Tree> ReadTree(const std::string& root) {
  Tree tree;
  tree.root = root;
  std::error_code error;
  std::vector<std::string> dirs;
  for (fs::directory_iterator it(root + "/lessons", error), end;
       !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (IsLessonDir(name) && fs::exists(it->path() / "BUILD", error)) {
      dirs.push_back(name);
    }
  }
  if (error) {
    return absl::NotFoundError(root + "/lessons: " + error.message());
  }
  std::sort(dirs.begin(), dirs.end());
  for (const std::string& dir : dirs) {
    tree.lessons.push_back(ReadLesson(root, dir));
  }
  return tree;
}

std::vector<std::string> NamesOfCalls(const std::string& build_text,
                                      const std::string& macro) {
  return BuildScanner(build_text).Names(macro);
}

int FirstTodo(const Tree& tree, const Exercise& exercise) {
  int number = 0;
  for (const std::string& line : ReadLines(tree.Path(exercise.File()))) {
    ++number;
    if (line.find("TODO(you)") != std::string::npos) return number;
  }
  return 0;
}

std::string ReadingFor(const Tree& tree, const Exercise& exercise) {
  const std::string text =
      ReadFile(tree.Path(exercise.Dir() + "/README.md")).value_or("");
  const std::string own = "lessons/" + exercise.lesson_dir + "/README.md";
  const size_t at = text.find(own + "#");
  if (at == std::string::npos) return own;
  const size_t end = text.find_first_of(")> \t\r\n\"'", at);
  return Printable(text.substr(at, end - at));
}

}  // namespace course
