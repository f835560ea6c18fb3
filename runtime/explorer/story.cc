// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/story.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/explorer/names.h"
#include "runtime/explorer/source.h"
#include "runtime/explorer/waits.h"

namespace rt::explorer {
namespace {

Location At(std::string role, const Engine& engine, const Goroutine& g,
            const Stack& stack, const std::vector<HeldLock>& held) {
  SourceLine line = UserLine(stack);
  Location location;
  location.role = std::move(role);
  location.file = line.file;
  location.line = line.line;
  location.text = line.text;
  location.goroutine = g.id;
  location.name = NameOf(g);
  for (const HeldLock& lock : held) {
    std::string name = NameOfLock(engine, lock.object, lock.taken_at, g);
    location.held.push_back(name.empty() ? LockTypeText(lock.taken_by) : name);
  }
  return location;
}

bool HasName(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c); });
}

std::string StepText(const Engine& engine, const Recording::Step& step,
                     const SourceLine& line) {
  std::string text = line.text;
  while (!text.empty() && (text.back() == ';' || text.back() == ' ')) {
    text.pop_back();
  }
  switch (step.kind) {
    case Recording::Kind::kSpawn:
      if (engine.goroutine(step.child).is_thread) {
        return "starts " + Called(engine.goroutine(step.child));
      }
      return absl::StrCat("Go(", step.child + 1, ")");
    case Recording::Kind::kSpurious:
      return "wakes for no reason (spuriously)";
    case Recording::Kind::kOldRead:
      return step.value.empty() ? "reads an old value"
                                : "reads the old value " + step.value;
    case Recording::Kind::kAccess:
      if (HasName(text)) return text;
      return step.is_free ? "free" : step.is_write ? "write" : "read";
    case Recording::Kind::kOperation:
      // Its line is that of the code which armed it.
      if (step.op.kind == OpKind::kTimerFire) return "the timer fires";
      // The end of a scope that unlocks is a mere brace.
      if (HasName(text)) return text;
      text =
          ObjectName(engine, step.op.object, engine.goroutine(step.goroutine));
      if (!text.empty()) text += ".";
      return text + OperationText(step.op.kind);
  }
  return text;
}

class Storyteller {
 public:
  Storyteller(const Engine& engine, const Failure& failure,
              const Recording* recording, Result* result)
      : engine_(engine),
        failure_(failure),
        recording_(recording),
        result_(*result) {}

  void Tell() {
    result_.verdict = failure_.verdict;
    switch (failure_.verdict) {
      case Verdict::kRace:
        TellRace();
        break;
      case Verdict::kMemory:
        if (failure_.block.address != nullptr) {
          TellBlock();
        } else if (failure_.race.address != nullptr) {
          TellFreed();
        } else {
          TellWhere();
        }
        break;
      case Verdict::kDeadlock:
      case Verdict::kLeak:
        TellBlocked();
        break;
      case Verdict::kWrong:
        TellWrong();
        break;
      default:
        TellWhere();
        break;
    }
    TellSteps();
    TellGoroutines();
  }

 private:
  const Goroutine& Of(GoroutineIndex g) const { return engine_.goroutine(g); }

  // What the code under test calls them.
  std::string Them(size_t count = 2) const {
    std::string word = "goroutine";
    for (size_t i = 1; i < engine_.goroutine_count(); ++i) {
      const Goroutine& g = Of(static_cast<GoroutineIndex>(i));
      if (g.timer != nullptr) continue;
      word = g.is_thread ? "thread" : "goroutine";
      if (!g.is_thread) break;
    }
    return count == 1 ? word : word + "s";
  }

  static const char* AccessText(const AccessRecord& access) {
    if (access.is_free) return "free";
    if (access.is_destroy) return "destroy";
    if (access.is_atomic) {
      return access.is_write ? "atomic write" : "atomic read";
    }
    return access.is_write ? "write" : "read";
  }

  void TellSides() {
    const Race& race = failure_.race;
    static const Recording kNothing;
    const Recording& seen = recording_ != nullptr ? *recording_ : kNothing;
    auto tell = [&](const AccessRecord& access, const Recording::Side& side) {
      Stack stack = side.stack;
      if (stack.empty()) stack.push_back(const_cast<void*>(access.pc));
      result_.locations.push_back(At(AccessText(access), engine_,
                                     Of(access.goroutine), stack, side.held));
    };
    tell(race.earlier, seen.earlier);
    tell(race.later, seen.later);
  }

  void TellFreed() {
    TellSides();
    const Race& race = failure_.race;
    bool used_later = race.earlier.is_free;
    if (!race.earlier.is_free && !race.later.is_free) {
      result_.summary =
          "an object is destroyed, and nothing makes that wait for who uses it";
    } else if (used_later && race.later.is_free) {
      result_.summary = "memory is freed twice";
    } else if (used_later) {
      result_.summary = "memory is used after it was freed";
    } else {
      result_.summary =
          "memory is freed, and nothing makes that wait for the goroutine that "
          "uses it";
    }
    result_.order_hint =
        "the owner waits for all who use it, or they share it "
        "(std::shared_ptr, or a copy each)";
  }

  void TellBlock() {
    const FailedBlock& block = failure_.block;
    result_.summary = failure_.text;
    if (!block.is_leak) {
      const Goroutine& g = Of(failure_.goroutine);
      const char* role = !block.is_access ? "free"
                         : block.is_write ? "write"
                                          : "read";
      result_.locations.push_back(At(role, engine_, g, failure_.stack, g.held));
    }
    result_.locations.push_back(
        At("allocate", engine_, Of(block.goroutine), block.allocated_at, {}));
    result_.order_hint =
        block.is_leak
            ? "whoever owns the memory gives it back on every path: "
              "std::unique_ptr does, and std::shared_ptr unless its owners "
              "own each other"
            : "";
  }

  void TellRace() {
    TellSides();
    const Location& a = result_.locations[0];
    const Location& b = result_.locations[1];
    std::string variable = RacedVariable(CommonVariable(a.text, b.text));
    result_.summary = absl::StrCat(
        "two ", Them(), " touch ",
        variable.empty() ? "the same memory" : absl::StrCat("`", variable, "`"),
        ", and nothing orders them");
    result_.order_hint = RaceHint(a, b);
  }

  // `in_text`: what both lines mention. If that is a member, they are in its
  // class, where it is known by that name.
  std::string RacedVariable(const std::string& in_text) const {
    std::string path = ObjectName(engine_, failure_.race.address,
                                  Of(failure_.race.later.goroutine));
    if (path.empty() || in_text.empty()) return path.empty() ? in_text : path;
    for (const char* access : {".", "->"}) {
      if (absl::EndsWith(path, access + in_text)) return in_text;
    }
    return path;
  }

  std::string RaceHint(const Location& a, const Location& b) const {
    if (a.held.empty() != b.held.empty()) {
      const Location& with = a.held.empty() ? b : a;
      const Location& without = a.held.empty() ? a : b;
      return absl::StrCat("holding `", with.held[0], "` at line ", without.line,
                          " as well");
    }
    if (!a.held.empty()) {
      return "the same mutex held at both places: now they hold different ones";
    }
    if (failure_.race.earlier.is_atomic || failure_.race.later.is_atomic) {
      return "using the std::atomic at both places";
    }
    if (a.goroutine == 1 || b.goroutine == 1) {
      const Location& main = a.goroutine == 1 ? a : b;
      if (Them() == "threads") {
        return absl::StrCat("joining the other thread before line ", main.line,
                            ", or one mutex held at both places");
      }
      return absl::StrCat("waiting for the other goroutine before line ",
                          main.line,
                          " (WaitGroup, channel), or one mutex held at both "
                          "places");
    }
    return Them() == "threads"
               ? "one mutex held at both places, or a condition variable, a "
                 "latch or the like from one to the other"
               : "one mutex held at both places, or a channel from one to the "
                 "other";
  }

  void TellBlocked() {
    std::vector<std::string> who;
    for (const BlockedGoroutine& b : engine_.blocked()) {
      const Goroutine& g = Of(b.goroutine);
      result_.locations.push_back(At("waits", engine_, g, g.op_stack, g.held));
      if (failure_.verdict == Verdict::kLeak && b.goroutine != 0) {
        result_.locations.push_back(
            At("created", engine_, g, g.created_at, {}));
      }
      who.push_back(WaitsText(engine_, b));
    }
    if (failure_.verdict == Verdict::kLeak) {
      result_.summary = absl::StrCat(
          "the work is done, but ", who.size(), " ", Them(who.size()),
          who.size() == 1 ? " waits" : " wait", " for ever: ", who[0]);
    } else if (failure_.verdict == Verdict::kDeadlock && who.size() > 1) {
      result_.summary = absl::StrCat(who.size(), " ", Them(), " wait for ever");
    } else {
      result_.summary = who[0];
    }
    if (who.size() > 1) result_.expectation = absl::StrJoin(who, "\n");
    result_.order_hint = BlockedHint(engine_);
  }

  void TellWrong() {
    result_.summary = "an expectation fails in this interleaving";
    result_.expectation = failure_.text;
    Location location;
    location.role = "expected";
    location.file = failure_.file;
    location.line = failure_.line;
    location.text = LineText(failure_.file, failure_.line);
    location.goroutine = failure_.goroutine + 1;
    location.name = NameOf(Of(failure_.goroutine));
    result_.locations.push_back(std::move(location));
  }

  void TellWhere() {
    const char* role = "at";
    switch (failure_.verdict) {
      case Verdict::kPanic:
        role = "panics";
        result_.summary = failure_.text;
        break;
      case Verdict::kLivelock:
        result_.summary = failure_.text.empty()
                              ? "the goroutines take turns for ever and none "
                                "gets anywhere"
                              : failure_.text;
        break;
      case Verdict::kHang:
        result_.summary = failure_.text.empty()
                              ? "an endless loop that never meets another "
                                "goroutine"
                              : failure_.text;
        break;
      case Verdict::kSlow:
        result_.summary = failure_.text.empty()
                              ? "it takes more (virtual) time than the task "
                                "allows"
                              : failure_.text;
        break;
      default:
        result_.summary = failure_.text;
        break;
    }
    result_.expectation = failure_.text;
    if (!failure_.stack.empty()) {
      Location location = At(role, engine_, Of(failure_.goroutine),
                             failure_.stack, Of(failure_.goroutine).held);
      if (!location.file.empty()) result_.locations.push_back(location);
    }
  }

  void TellSteps() {
    if (recording_ == nullptr) return;
    for (const Recording::Step& recorded : recording_->steps) {
      SourceLine line = UserLine(recorded.stack);
      Step step;
      step.goroutine = recorded.goroutine + 1;
      step.text = StepText(engine_, recorded, line);
      step.file = line.file;
      step.line = line.line;
      if (recorded.kind == Recording::Kind::kOldRead) {
        const Recording::Step& next = recording_->steps[recorded.replaced_in];
        step.note = absl::StrCat(Called(Of(recorded.goroutine)), " ", step.text,
                                 ", which ", Called(Of(next.goroutine)),
                                 "'s store at line ", UserLine(next.stack).line,
                                 " has replaced");
      }
      result_.steps.push_back(std::move(step));
    }
  }

  void TellGoroutines() {
    for (size_t i = 0; i < engine_.goroutine_count(); ++i) {
      const Goroutine& g = engine_.goroutine(i);
      result_.goroutines.push_back({g.id, NameOf(g)});
    }
  }

  const Engine& engine_;
  const Failure& failure_;
  const Recording* const recording_;
  Result& result_;
};

}  // namespace

std::string PassedSummary(const Result& result) {
  uint64_t n = result.executions;
  if (result.complete && n == 1) return "verified: the only interleaving";
  if (result.complete)
    return absl::StrCat("verified: all ", n, " interleavings");
  std::string text = absl::StrCat("no failure in ", n, " interleavings");
  if (!result.complete_preemptions.has_value()) return text;
  uint64_t most = *result.complete_preemptions;
  if (most == 0) return text + ", among them all without a preemption";
  return absl::StrCat(text, ", among them all with at most ", most,
                      most == 1 ? " preemption" : " preemptions");
}

void Describe(const Engine& engine, const Failure& failure,
              const Recording* recording, Result* result) {
  Storyteller(engine, failure, recording, result).Tell();
}

}  // namespace rt::explorer
