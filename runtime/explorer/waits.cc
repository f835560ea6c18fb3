// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/waits.h"

#include <cstddef>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/explorer/names.h"
#include "runtime/internal/context_core.h"
#include "runtime/internal/g.h"
#include "runtime/internal/symbolize.h"

namespace rt::explorer {
namespace {

std::string HolderText(const Engine& engine, const BlockedGoroutine& b) {
  for (size_t i = 0; i < engine.goroutine_count(); ++i) {
    const Goroutine& holder = engine.goroutine(i);
    for (const HeldLock& lock : holder.held) {
      if (lock.object != b.object) continue;
      if (holder.index == b.goroutine) return ", which it holds itself";
      return absl::StrCat(", which ", Called(holder),
                          holder.state == GoroutineState::kDead
                              ? " never unlocked before it returned"
                              : " holds");
    }
  }
  return "";
}

std::string Quoted(const std::string& name) { return "`" + name + "`"; }

std::string Or(const std::string& name, const char* otherwise) {
  return name.empty() ? otherwise : Quoted(name);
}

std::string On(const std::string& name) {
  return name.empty() ? "" : " on " + Quoted(name);
}

// A futex is at the bottom of several types; the stack tells of which.
std::string AtomicWaitText(const Goroutine& g) {
  static constexpr struct {
    const char* function;
    const char* text;
  } kWaits[] = {
      {"std::latch::", "a std::latch that never comes to 0"},
      {"std::barrier<", "others that never arrive at the std::barrier"},
      {"semaphore", "a release of the semaphore that never comes"},
      {"__basic_future", "the value of a std::future that nobody sets"},
      {"_State_baseV2", "the value of a std::future that nobody sets"},
  };
  for (void* pc : g.op_stack) {
    for (const internal::SourceLocation& place :
         internal::Symbolize(static_cast<char*>(pc) - 1)) {
      for (const auto& wait : kWaits) {
        if (place.function.find(wait.function) != std::string::npos) {
          return wait.text;
        }
      }
    }
  }
  return "a std::atomic to change, and a notify after it";
}

}  // namespace

std::string WaitsText(const Engine& engine, const BlockedGoroutine& b) {
  const Goroutine& g = engine.goroutine(b.goroutine);
  std::string text = absl::StrCat(Called(g), " waits for ");
  std::string named = ObjectName(engine, b.object, g);
  if (g.purpose != nullptr) return text + g.purpose->what;
  if (b.reason == internal::WaitReason::kCondWait &&
      b.kind != OpKind::kAtomicWait) {
    return text + "a Signal or Broadcast that never comes";
  }
  if (b.kind == OpKind::kAtomicWait) return text + AtomicWaitText(g);
  switch (b.kind) {
    case OpKind::kThreadJoin:
      return text + Called(*static_cast<const Goroutine*>(b.object)) +
             ", which never returns";
    case OpKind::kMutexLock:
    case OpKind::kSharedMutexLock:
    case OpKind::kRWMutexLock:
    case OpKind::kRWMutexDrain:
    case OpKind::kRWMutexRLock: {
      std::string name = NameOfLock(engine, b.object, g.op_stack, g);
      absl::StrAppend(&text, name.empty() ? LockTypeText(b.kind) : Quoted(name),
                      HolderText(engine, b));
      return text;
    }
    case OpKind::kWaitGroupWait:
      return absl::StrCat(text, Or(named, "a WaitGroup"),
                          named.empty() ? " whose" : ", whose",
                          " counter never comes to 0");
    case OpKind::kOnceDo:
      return absl::StrCat(text, Or(named, "a Once"),
                          named.empty() ? " whose" : ", whose",
                          " function never returns");
    case OpKind::kChanSend:
      if (b.object == nullptr) return text + "a send on a nil channel";
      return absl::StrCat(text, "a receiver of what it sends", On(named));
    case OpKind::kChanRecv:
      if (b.object == nullptr) return text + "a receive from a nil channel";
      if (internal::ContextCore::IsDoneChan(b.object)) {
        return text + "a context to be done, which nobody cancels";
      }
      return named.empty() ? text + "a value, or for the channel to be closed"
                           : absl::StrCat(text, "a value from ", Quoted(named),
                                          ", or for that to be closed");
    case OpKind::kSelect:
      return text + (b.object == nullptr
                         ? "a select that has no case, or only nil channels"
                         : "one of the cases of its select");
    default:
      return text + internal::WaitReasonText(b.reason);
  }
}

std::string BlockedHint(const Engine& engine) {
  std::set<OpKind> kinds;
  bool at_cond = false;
  for (const BlockedGoroutine& b : engine.blocked()) {
    const Goroutine& g = engine.goroutine(b.goroutine);
    if (g.purpose != nullptr) return g.purpose->hint;
    kinds.insert(b.kind);
    at_cond |= b.reason == internal::WaitReason::kCondWait &&
               b.kind != OpKind::kAtomicWait;
  }
  if (at_cond) {
    return "whoever changes the condition signals after it, under the lock, "
           "and Wait stands in a loop that looks at the condition first";
  }
  if (kinds.count(OpKind::kRWMutexRLock) > 0) {
    return "no goroutine calls RLock while it has the lock: a writer that "
           "waits in between keeps new readers out";
  }
  if (kinds.count(OpKind::kOnceDo) > 0) {
    return "the function of a Once does not call Do on the same Once";
  }
  if (kinds.count(OpKind::kAtomicWait) > 0) {
    return "whoever changes what is waited for does so as often as it is "
           "waited for, on every path, and notifies after it";
  }
  if (kinds.count(OpKind::kMutexLock) > 0 ||
      kinds.count(OpKind::kSharedMutexLock) > 0 ||
      kinds.count(OpKind::kRWMutexLock) > 0 ||
      kinds.count(OpKind::kRWMutexDrain) > 0) {
    return "every Lock has its Unlock on every path, and all goroutines "
           "take several locks in the same order";
  }
  if (kinds.count(OpKind::kWaitGroupWait) > 0) {
    return "one Done for each Add, on every path";
  }
  if (kinds.count(OpKind::kChanRecv) > 0) {
    return "somebody sends, or closes the channel when nothing more comes";
  }
  if (kinds.count(OpKind::kChanSend) > 0) {
    return "somebody receives every value, or the channel has room for it";
  }
  if (kinds.count(OpKind::kSelect) > 0) {
    return "on some channel of the select somebody sends, receives or "
           "closes, "
           "or the select has a case for giving up";
  }
  return "";
}

}  // namespace rt::explorer
