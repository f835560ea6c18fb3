// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/explorer/generated_program.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace rt::testing {
namespace {

using explorer::Random;

struct ActionInfo {
  const char* text;  // %: the object, #: the number.
  Topic topic;
  int numbers = 1;  // `number` is below this.
};

// By Action.
constexpr ActionInfo kActions[] = {
    {"lock(m%)", Topic::kLocks},
    {"try_lock(m%)", Topic::kLocks},
    {"lock(m%, other)", Topic::kLocks},
    {"m%.Lock()", Topic::kLocks},
    {"m%.Unlock() if held", Topic::kLocks},
    {"read(rw%)", Topic::kReadWriteLocks},
    {"write(rw%)", Topic::kReadWriteLocks},
    {"try_read(rw%)", Topic::kReadWriteLocks},
    {"try_write(rw%)", Topic::kReadWriteLocks},
    {"read(rw%, rw%)", Topic::kReadWriteLocks},
    {"rw%.RLock()", Topic::kReadWriteLocks},
    {"rw%.RUnlock() if held", Topic::kReadWriteLocks},
    {"a%.load", Topic::kWords},
    {"a%.store", Topic::kWords},
    {"a%.fetch_add", Topic::kWords},
    {"a%.compare_exchange", Topic::kWords},
    {"v%.Load", Topic::kWords},
    {"v%.Store", Topic::kWords},
    {"c%.Send", Topic::kChannels},
    {"c%.Recv", Topic::kChannels},
    {"c%.Close", Topic::kChannels},
    {"range c%", Topic::kChannels},
    {"c%.Len", Topic::kChannels},
    {"Select#(c%, other)", Topic::kSelects, 8},
    {"SelectAny#", Topic::kSelects, 256},
    {"wg%.Add", Topic::kWaitGroups},
    {"wg%.Done", Topic::kWaitGroups},
    {"wg%.Add(-2)", Topic::kWaitGroups},
    {"wg%.Wait", Topic::kWaitGroups},
    {"wg%.Go(a%.fetch_add)", Topic::kWaitGroups},
    {"cond%.Wait", Topic::kConds},
    {"cond%.Wait(ready)", Topic::kConds},
    {"cond%.Signal", Topic::kConds},
    {"cond%.Broadcast", Topic::kConds},
    {"ready, cond%.Signal", Topic::kConds},
    {"ready, cond%.Broadcast", Topic::kConds},
    {"once%.Do", Topic::kOnces},
    {"once%.Do(other.Do)", Topic::kOnces},
    {"map.Load(%)", Topic::kStores},
    {"map.Store(%)", Topic::kStores},
    {"map.LoadOrStore(%)", Topic::kStores},
    {"map.LoadAndDelete(%)", Topic::kStores},
    {"map.Range", Topic::kStores},
    {"pool.Get", Topic::kStores},
    {"pool.Put", Topic::kStores},
    {"Sleep(#ms)", Topic::kTime, 3},
    {"After(#ms).Recv", Topic::kTime, 3},
    {"AfterFunc(#ms, a%.fetch_add)", Topic::kTime, 3},
    {"t%.C.Recv", Topic::kTime},
    {"t%.Stop", Topic::kTime},
    {"t%.Reset(#ms)", Topic::kTime, 3},
    {"Select(c%.Recv, After(#ms))", Topic::kTime, 3},
    {"cancel%", Topic::kContexts},
    {"ctx%.Err", Topic::kContexts},
    {"ctx%.Done.Recv", Topic::kContexts},
    {"Select(c%.Recv, ctx%.Done)", Topic::kContexts},
    {"child(ctx%).Err", Topic::kContexts},
    {"AfterFunc(ctx%, a%.fetch_add), a.load, stop if #", Topic::kContexts, 2},
    {"plain%", Topic::kMisuse},
    {"plain%++", Topic::kMisuse},
    {"m%.Unlock()", Topic::kMisuse},
    {"rw%.RUnlock()", Topic::kMisuse},
    {"Gosched", Topic::kCount},
    {"Choose(2)", Topic::kCount},
    {"go g#", Topic::kCount},
};
static_assert(std::size(kActions) == static_cast<size_t>(Action::kCount));

const ActionInfo& Info(Action action) {
  return kActions[static_cast<size_t>(action)];
}

std::string SelectAnyText(int number) {
  std::string text = "SelectAny(";
  for (int i = 0; i < CaseCount(number); ++i) {
    absl::StrAppend(&text, i > 0 ? ", " : "", "c", CaseChannel(number, i),
                    CaseSends(number, i) ? ".Send" : ".Recv");
  }
  return absl::StrCat(text, HasDefault(number) ? ", default)" : ")");
}

constexpr const char* kSelectTexts[] = {
    "Select(c%.Recv, other.Recv)",
    "Select(c%.Send, other.Send)",
    "Select(c%.Send, other.Recv)",
    "Select(c%.Recv, other.Recv, default)",
    "Select(c%.Send, other.Send, default)",
    "Select(c%.Send, other.Recv, default)",
    "Select(c%.Recv, default)",
    "Select(c%.Send, default)",
};

}  // namespace

Topic TopicOf(Action action) { return Info(action).topic; }

bool Program::Uses(Topic topic) const {
  for (const auto& body : bodies) {
    for (const Instruction& i : body) {
      if (TopicOf(i.action) == topic) return true;
    }
  }
  return false;
}

Program DrawProgram(Topic topic, Random& random) {
  // A program about few things has more conflicts.
  auto other =
      static_cast<Topic>(random.Below(static_cast<uint64_t>(Topic::kCount)));
  if (random.Below(3) == 0) other = topic;
  std::vector<Action> all;
  for (int a = 0; a < static_cast<int>(Action::kCount); ++a) {
    auto action = static_cast<Action>(a);
    if (TopicOf(action) == topic || TopicOf(action) == other) {
      all.push_back(action);
    }
  }
  Action palette[4];
  for (Action& action : palette) action = all[random.Below(all.size())];

  Program program;
  for (int& capacity : program.capacity) {
    capacity = static_cast<int>(random.Below(3));
  }
  program.roots = 2 + random.Below(2);
  size_t most = program.roots == 2 ? 4 : 3;
  program.bodies.resize(program.roots);
  for (size_t b = 0; b < program.bodies.size(); ++b) {
    size_t size = 1 + random.Below(b < program.roots ? most : 2);
    for (size_t i = 0; i < size; ++i) {
      Action action = palette[random.Below(std::size(palette))];
      uint64_t special = random.Below(24);
      if (special == 0) action = Action::kGosched;
      if (special == 1) action = Action::kChoose;
      if (special == 2) action = Action::kLoad;
      if (special == 3) action = Action::kStore;
      Instruction next{action, random.Below(4) == 0, 0};
      next.number = static_cast<int>(
          random.Below(static_cast<uint64_t>(Info(action).numbers)));
      if (special == 4 && program.bodies.size() < Program::kMaxBodies) {
        next = {Action::kGo, 0, static_cast<int>(program.bodies.size())};
        program.bodies.emplace_back();
      }
      program.bodies[b].push_back(next);
    }
  }
  return program;
}

std::string ProgramText(const Program& program) {
  std::string text = absl::StrCat("channels of ", program.capacity[0], " and ",
                                  program.capacity[1], "\n");
  for (size_t b = 0; b < program.bodies.size(); ++b) {
    absl::StrAppend(&text, "  g", b, b < program.roots ? ":" : " (later):");
    for (const Instruction& i : program.bodies[b]) {
      absl::StrAppend(&text, " ");
      std::string form = Info(i.action).text;
      if (i.action == Action::kSelect) form = kSelectTexts[i.number];
      if (i.action == Action::kSelectAny) form = SelectAnyText(i.number);
      for (char c : form) {
        if (c == '%') {
          absl::StrAppend(&text, i.object);
        } else if (c == '#') {
          absl::StrAppend(&text, i.number);
        } else {
          text.push_back(c);
        }
      }
      absl::StrAppend(&text, ";");
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace rt::testing
