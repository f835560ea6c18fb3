// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/names.h"

#include <cstddef>

#include "runtime/explorer/globals.h"
#include "runtime/explorer/source.h"
#include "runtime/explorer/variables.h"

namespace rt::explorer {

std::string ObjectName(const Engine& engine, const void* object,
                       const Goroutine& user) {
  if (object == nullptr) return "";
  if (std::string given = engine.given_names().Of(object); !given.empty()) {
    return given;
  }
  auto at = reinterpret_cast<uintptr_t>(object);
  auto may_read = [&](uintptr_t address, size_t size) {
    return engine.MayRead(address, size);
  };
  if (IsGlobal(object)) return GlobalName(at, may_read);
  if (const Goroutine* owner = engine.StackOwner(object)) {
    if (owner->state == GoroutineState::kDead) return "";
    std::string name = LocalName(at, owner->calls, may_read);
    if (!name.empty()) return name;
  }
  std::string name = NameByLocal(at, user.calls, /*aliases=*/false, may_read);
  engine.ForEachLive([&](const Goroutine& g) {
    if (!name.empty() || &g == &user) return;
    name = NameByLocal(at, g.calls, /*aliases=*/false, may_read);
  });
  if (name.empty()) name = GlobalName(at, may_read);
  if (!name.empty()) return name;
  return NameByLocal(at, user.calls, /*aliases=*/true, may_read);
}

std::string NameOfLock(const Engine& engine, const void* lock,
                       const Stack& taken_at, const Goroutine& user) {
  std::string name = ObjectName(engine, lock, user);
  return name.empty() ? LockName(UserLine(taken_at).text) : name;
}

const char* LockTypeText(OpKind kind) {
  return IsOfReaderWriterLock(kind) ? "a reader-writer lock" : "a mutex";
}

std::string NameOf(const Goroutine& g) {
  if (g.timer != nullptr) return "timer";
  if (g.is_thread) return "thread";
  return g.index == 0 ? "main" : g.name;
}

}  // namespace rt::explorer
