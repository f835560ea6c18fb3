// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/commands/commands.h"

#include <vector>

namespace course {

const std::vector<Command>& Commands() {
  static const auto& kCommands = *new std::vector<Command>{
      {"status",
       "",
       "where you are and what to do next",
       "The same as the bare word. On the first run it shows the course's loop "
       "once: it runs the first demo and grades the first exercise.",
       {},
       0,
       RunStatus},
      {"list",
       "[lesson]",
       "lessons, demos and exercises, and what is done",
       "[x] is passed or run, [-] is skipped, [ ] is still to do; behind an "
       "exercise stand the verdict of its last try and its best score.",
       {{"--todo", "", "only exercises that are not passed"},
        {"--failed", "", "only exercises that were tried and not passed"}},
       1,
       RunList},
      {"demo",
       "[name]",
       "builds and runs a demo, and says if it did as it says",
       "Without a name: the next demo of your lesson. A demo that goes wrong "
       "on "
       "purpose, as its source says, is \"as expected\" and the exit status is "
       "0.",
       {{"--list", "", "the demos and what they show"},
        {"--times", "N", "run it N times"}},
       1,
       RunDemo},
      {"grade",
       "[name|lesson]",
       "the verdict on an exercise",
       "Without a name: the exercise you are at. With the name of another one "
       "you are at that one from then on. With a lesson, or --all, one line "
       "for "
       "each exercise.",
       {{"--all", "", "every exercise of the course"}},
       1,
       RunGrade},
      {"hint",
       "[name]",
       "the next hint; each says more than the last",
       "The first one is a nudge, the second the idea, the third nearly the "
       "code. When all have been shown, it shows them again.",
       {{"--level", "N", "the Nth hint"}},
       1,
       RunHint},
      {"next",
       "",
       "moves on to the next exercise",
       "Refuses as long as the exercise you are at is not passed.",
       {{"--skip", "", "moves on all the same"}},
       0,
       RunNext},
      {"test",
       "",
       "the repository's own tests",
       "Runs `bazel test //tests/...` and `bazel test --config=solutions "
       "//lessons/...`. The last line counts Bazel's results.",
       {},
       0,
       RunTest},
      {"doctor",
       "",
       "one line per check: ok, warn or FAIL, and what mends it",
       "",
       {{"--fix", "", "install what is missing (the launcher does)"}},
       0,
       RunDoctor},
      {"join",
       "file",
       "adds the progress kept in another state.json",
       "The best of both is kept, exercise by exercise: take the file "
       ".course/state.json of another machine.",
       {},
       1,
       RunJoin},
      {"help", "[command]", "what the commands do", "", {}, 1, RunHelp},
  };
  return kCommands;
}

}  // namespace course
