// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/deadlock.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/internal/frames.h"
#include "runtime/internal/g.h"
#include "runtime/internal/symbolize.h"
#include "runtime/internal/traceback.h"

namespace rt::internal {
namespace {

using Snapshot = GoroutineSnapshot;

std::string Name(uint64_t id) { return "goroutine " + std::to_string(id); }

const char* LockKind(WaitReason reason) {
  if (reason == WaitReason::kMutexLock) return "Mutex ";
  return reason == WaitReason::kOnceDo ? "Once " : "RWMutex ";
}

// "Mutex bank::mu", or its address if it is no global variable.
std::string LockName(const Snapshot& g) {
  std::string name = LockKind(g.reason);
  std::string variable = VariableAt(g.object);
  if (!variable.empty()) return name + ReadableName(std::move(variable));
  char address[32];
  snprintf(address, sizeof(address), "%p", g.object);
  return name + address;
}

// " at bank.cc:12": the first of these return addresses that is in the program;
// empty if there is none.
std::string Place(void* const* pcs, int size) {
  for (int i = 0; i < size; ++i) {
    std::vector<SourceLocation> frames = ProgramFrames(pcs[i]);
    if (frames.empty()) continue;
    return " at " + frames[0].file + ":" + std::to_string(frames[0].line);
  }
  return "";
}

class Story {
 public:
  Story(const GoroutineDump& dump, bool explain)
      : dump_(dump), explain_(explain) {
    for (const Snapshot& g : dump.goroutines) by_id_.emplace(g.id, &g);
  }

  std::string Tell() {
    for (const Snapshot& g : dump_.goroutines) {
      if (g.wait_lock == nullptr || g.holder.goroutine == 0) continue;
      if (g.reason == WaitReason::kRWMutexDrain) {
        // For readers: which they are is not known (D-079).
        if (explain_) {
          others_ += "blocked: " + Waits(g) + ", which is locked for reading\n";
        }
      } else if (g.holder.goroutine != dump_.caller) {
        Follow(g);
      }
    }
    return circles_ + others_;
  }

 private:
  // Who holds what g waits for; null if nobody does or it has ended.
  const Snapshot* HolderOf(const Snapshot& g) const {
    if (g.wait_lock == nullptr || g.holder.goroutine == 0 ||
        g.reason == WaitReason::kRWMutexDrain) {
      return nullptr;
    }
    auto at = by_id_.find(g.holder.goroutine);
    return at != by_id_.end() ? at->second : nullptr;
  }

  // Tells of the wait of `start`, and of its circle if it is the first there.
  void Follow(const Snapshot& start) {
    const Snapshot* holder = HolderOf(start);
    if (holder == nullptr) {
      others_ += "blocked: " + Waits(start) + ", which " +
                 Name(start.holder.goroutine) + " locked" + Taken(start) +
                 " and did not unlock before it ended\n";
      return;
    }
    // Each goroutine waits for one lock, which has one holder: a line, that may
    // end in a circle.
    std::vector<const Snapshot*> line = {&start};
    for (const Snapshot* g = holder; g != nullptr; g = HolderOf(*g)) {
      if (g == &start) {
        TellCircle(line);
        return;
      }
      if (line.size() > dump_.goroutines.size()) break;  // Another's circle.
      line.push_back(g);
    }
    if (explain_) {
      others_ += "blocked: " + Waits(start) + ", which " + Name(holder->id) +
                 Took(start, *holder) + Taken(start) + "; it is " +
                 (holder->status == GStatus::kWaiting
                      ? "in " + std::string(WaitReasonText(holder->reason))
                      : "running") +
                 "\n";
    }
  }

  void TellCircle(const std::vector<const Snapshot*>& circle) {
    for (const Snapshot* g : circle) {
      // Once for each circle: from its first in the dump.
      if (g < circle[0]) return;
    }
    if (circle.size() == 1) {
      circles_ += "deadlock: " + Name(circle[0]->id) + " waits for itself\n";
    } else {
      circles_ += "deadlock: goroutines ";
      for (size_t i = 0; i < circle.size(); ++i) {
        if (i > 0) circles_ += i + 1 < circle.size() ? ", " : " and ";
        circles_ += std::to_string(circle[i]->id);
      }
      circles_ += circle.size() == 2 ? " wait for each other\n"
                                     : " wait for each other in a circle\n";
    }
    for (size_t i = 0; i < circle.size(); ++i) {
      const Snapshot& g = *circle[i];
      // What g holds is what the one before it waits for.
      const Snapshot& before = *circle[(i + circle.size() - 1) % circle.size()];
      circles_ += "\t" + Name(g.id) + Took(before, g) + " " + LockName(before) +
                  Taken(before) + " and waits" + Waiting(g) + " for " +
                  (circle.size() == 1 ? "it" : LockName(g)) + "\n";
    }
  }

  // What `holder` did to the lock that g waits for.
  static const char* Took(const Snapshot& g, const Snapshot& holder) {
    if (g.reason == WaitReason::kOnceDo) return " began";
    bool drains =
        holder.reason == WaitReason::kRWMutexDrain && holder.object == g.object;
    return drains ? " wants to lock" : " locked";
  }

  std::string Waits(const Snapshot& g) const {
    return Name(g.id) + " waits" + Waiting(g) + " for " + LockName(g);
  }
  // Where g waits, and where the lock was taken that it waits for.
  std::string Waiting(const Snapshot& g) const {
    return Place(dump_.pcs.data() + g.first_pc, g.size);
  }
  static std::string Taken(const Snapshot& g) { return Place(g.holder.pcs, 2); }

  const GoroutineDump& dump_;
  const bool explain_;
  std::unordered_map<uint64_t, const Snapshot*> by_id_;
  std::string circles_;
  std::string others_;
};

}  // namespace

std::string DescribeDeadlocks(const GoroutineDump& dump, bool explain) {
  return Story(dump, explain).Tell();
}

}  // namespace rt::internal
