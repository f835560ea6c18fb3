// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Who runs next: the choices that a strategy is asked for, and fairness (E5).

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "runtime/explorer/engine.h"

namespace rt::explorer {
namespace {

// Steps after which a goroutine that could run must be chosen; and one that
// spins, for its loop may give up by itself.
constexpr uint64_t kFairness = 1'000;
constexpr uint64_t kSpinFairness = 100;
constexpr size_t kMaxReads = 16;
// Gosched and nothing else, so often in a row, does not hold up the clock.
constexpr int kIdleYields = 10;

}  // namespace

Goroutine* Engine::PickNext() {
  for (;;) {
    if (failed()) return nullptr;
    if (ready_head_ < ready_.size()) return ready_[ready_head_++];
    ready_.clear();
    ready_head_ = 0;
    if (Goroutine* g = PickRepeated()) return g;
    if (!CollectRunnable()) {
      if (AdvanceClock()) continue;
      return nullptr;
    }
    if (++steps_ > options_.max_steps) {
      Fail(Verdict::kLivelock, "");
      return nullptr;
    }
    size_t pick = strategy_->PickNext(point_);
    if (strategy_->diverged()) {
      diverged_ = true;
      return nullptr;
    }
    if (point_.IsPreemption(pick)) ++preemptions_;
    Goroutine& g = *goroutines_[point_.runnable[pick].goroutine];
    Pick(g);
    if (steps_ > kFairness) {
      for (size_t i = 0; i < count_; ++i) {
        Goroutine& other = *goroutines_[i];
        if (other.state == GoroutineState::kAtOp && other.Enabled()) {
          ++other.passed_over;
        }
      }
      g.passed_over = 0;
    }
    return &g;
  }
}

void Engine::Pick(Goroutine& g) {
  ++progress_;
  schedule_.push_back({false, g.index});
  chosen_ = &g;
}

// With nobody asleep, spinning or starved, CollectRunnable would do nothing but
// collect.
Goroutine* Engine::PickRepeated() {
  if (sleeping_ > 0 || readers_ > 0 || steps_ >= kFairness) return nullptr;
  GoroutineIndex index = strategy_->Repeated();
  if (index >= count_) return nullptr;
  Goroutine& g = *goroutines_[index];
  if (g.state != GoroutineState::kAtOp || !g.Enabled()) return nullptr;
  strategy_->Repeat(Effect(g));
  if (strategy_->diverged()) {
    diverged_ = true;
    return nullptr;
  }
  ++steps_;
  Pick(g);
  return &g;
}

// Fills point_; false if nobody can run, or somebody should be woken first.
bool Engine::CollectRunnable() {
  size_t runnable = 0;
  size_t held_up = 0;
  point_.current = SchedulePoint::kNone;
  point_.yielding = false;
  bool spinners = false;
  bool all_idle = sleeping_ > 0;
  Goroutine* starved = nullptr;
  for (size_t i = 0; i < count_; ++i) {
    Goroutine& g = *goroutines_[i];
    if (g.state != GoroutineState::kAtOp) continue;
    if (!g.Enabled()) {
      held_up_[held_up++] = {g.index, g.pending};
      continue;
    }
    if (g.spinning) {
      spinners = passed_over_ = true;
      if (g.passed_over <= kSpinFairness || options_.refuse_polling) continue;
      StopSpinning(g);
      starved = &g;
    }
    if (g.passed_over > kFairness) starved = &g;
    if (g.yields <= kIdleYields) all_idle = false;
    if (&g == chosen_) {
      point_.current = runnable;
      point_.yielding =
          g.pending.kind == OpKind::kGosched && !options_.yields_in_vain;
    }
    runnable_[runnable++] = {g.index, Effect(g)};
  }
  if (all_idle && !ProgramIsOver()) return false;
  if (starved != nullptr) {
    runnable = 1;
    runnable_[0] = {starved->index, Effect(*starved)};
    point_.current = SchedulePoint::kNone;
  }
  if (runnable == 0) {
    if (!spinners || sleeping_ > 0) return false;
    // Nothing else is left: perhaps the loop gives up by itself.
    for (size_t i = 0; i < count_; ++i) {
      Goroutine& g = *goroutines_[i];
      if (g.state != GoroutineState::kAtOp || !g.spinning) continue;
      if (!g.Enabled()) continue;
      runnable_[runnable++] = {g.index, Effect(g)};
    }
    // In turns, whatever the strategy.
    runnable_[0] = runnable_[steps_ % runnable];
    runnable = 1;
  }
  point_.runnable = {runnable_.data(), runnable};
  point_.held_up = {held_up_.data(), held_up};
  return true;
}

void Engine::NoteRead(const void* pc, const void* address, const void* object,
                      uint64_t value) {
  EngineScope scope;
  if (RepeatsRead(pc, address, object, value)) CountFruitlessRead();
}

// A look at the state of all channels of a select, which was that nothing could
// be done.
void Engine::OnlyLooked(const void* pc) {
  EngineScope scope;
  Goroutine& g = *current_;
  if (g.op_depth > 1) return;
  g.only_looked = true;
  bool repeats = true;
  ForEachObject(g.pending, [&](const void* object) {
    if (!RepeatsRead(pc, object, object, 0)) repeats = false;
  });
  if (repeats) CountFruitlessRead();
}

// Whether the running goroutine has read the same before; notes that it did.
bool Engine::RepeatsRead(const void* pc, const void* address,
                         const void* object, uint64_t value) {
  Goroutine& g = *current_;
  auto same = std::find_if(g.reads.begin(), g.reads.end(), [&](const auto& r) {
    return r.pc == pc && r.address == address;
  });
  if (same != g.reads.end() && same->value == value) return true;
  g.fruitless = 0;
  if (same != g.reads.end()) {
    same->value = value;
  } else if (g.reads.size() < kMaxReads) {
    if (g.reads.empty()) ++readers_;
    g.reads.push_back({pc, address, object, value});
  }
  return false;
}

void Engine::CountFruitlessRead() {
  Goroutine& g = *current_;
  if (++g.fruitless >= options_.max_fruitless_reads) g.spinning = true;
}

// Whether op, the next one of g, which spins, is none of what it did so far: it
// has given up.
bool Engine::LeavesLoop(const Goroutine& g, const Operation& op) {
  if (op.kind == OpKind::kGosched || op.kind == OpKind::kAtomicFence) {
    return false;
  }
  return op.kind == OpKind::kAtomicStore ||
         std::none_of(g.reads.begin(), g.reads.end(), [&](const auto& read) {
           return Touches(op, read.object);
         });
}

void Engine::StopSpinning(Goroutine& g) {
  if (!g.reads.empty()) --readers_;
  g.spinning = false;
  g.reads.clear();
  g.fruitless = 0;
}

// The running goroutine did something with `object` that is no mere read.
void Engine::NoteWrite(const void* object) {
  if (object == nullptr || readers_ == 0) return;
  StopSpinning(*current_);
  // Also who does not spin yet: what it has read is no longer so.
  for (size_t i = 0; i < count_ && readers_ > 0; ++i) {
    Goroutine& g = *goroutines_[i];
    if (std::any_of(g.reads.begin(), g.reads.end(),
                    [&](const auto& r) { return r.object == object; })) {
      StopSpinning(g);
    }
  }
}

}  // namespace rt::explorer
