// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the checkout contains: lessons, their demos and their exercises.
//
// The list is read from lessons/NN_topic/BUILD, from its calls of demo() and
// exercise(), in their order: an author adds a lesson, a demo or an exercise
// without touching this program. Titles come from the files themselves.

#ifndef TOOLS_COURSE_TREE_H_
#define TOOLS_COURSE_TREE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace course {

struct Exercise {
  std::string lesson_dir;  // "05_mutexes"
  std::string topic;       // "mutexes"
  std::string slug;        // "click_counter"
  std::string title;       // the README's heading

  std::string Name() const { return topic + "/" + slug; }
  std::string Dir() const { return "exercises/" + lesson_dir + "/" + slug; }
  std::string File() const { return Dir() + "/exercise.cc"; }
  std::string Target() const { return "//lessons/" + lesson_dir + ":" + slug; }
};

struct Demo {
  std::string lesson_dir;
  std::string topic;
  std::string slug;
  std::string title;  // the first sentence of its opening comment

  // For a list: "Wrong on purpose: a fork" as "wrong: a fork".
  std::string ShortTitle() const;

  std::string Name() const { return topic + "/" + slug; }
  std::string File() const {
    return "lessons/" + lesson_dir + "/" + slug + ".cc";
  }
  std::string Target() const { return "//lessons/" + lesson_dir + ":" + slug; }
};

struct Lesson {
  std::string dir;    // "05_mutexes"
  std::string topic;  // "mutexes"
  std::string title;  // the README's heading
  std::vector<Demo> demos;
  std::vector<Exercise> exercises;

  std::string Readme() const { return "lessons/" + dir + "/README.md"; }
};

struct Tree {
  std::string root;  // absolute path of the checkout
  std::vector<Lesson> lessons;

  std::string Path(const std::string& relative) const {
    return root + "/" + relative;
  }
  std::vector<const Exercise*> Exercises() const;
  std::vector<const Demo*> Demos() const;
  const Exercise* FindExercise(const std::string& name) const;
  const Lesson* LessonOf(const Exercise& exercise) const;
};

// The checkout's root: $COURSE_ROOT, which the launcher sets, else the nearest
// folder from here upward that holds a WORKSPACE and a lessons folder.
absl::StatusOr<std::string> FindRoot();

absl::StatusOr<Tree> ReadTree(const std::string& root);

// The names given to calls of `macro` in the text of a BUILD file, in order.
std::vector<std::string> NamesOfCalls(const std::string& build_text,
                                      const std::string& macro);

// The first line of the exercise's file that says TODO(you); 0 if none does.
int FirstTodo(const Tree& tree, const Exercise& exercise);

// Where the exercise's README sends the reader: the first link into a lesson's
// README ("lessons/05_mutexes/README.md#critical-sections"), else the README of
// its own lesson.
std::string ReadingFor(const Tree& tree, const Exercise& exercise);

}  // namespace course

#endif  // TOOLS_COURSE_TREE_H_
