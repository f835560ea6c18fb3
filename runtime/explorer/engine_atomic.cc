// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What goroutines do to a std::atomic when loads may return old stores
// (memory_model.h).
//
// Of two seq_cst operations the order matters if they are on one location, even
// if both are loads, or if one is a fence. So each touches, besides its
// location, a place of its goroutine, and a fence those of all goroutines.

#include <cstddef>
#include <cstdint>
#include <string>

#include "runtime/explorer/engine.h"

namespace rt::explorer {
namespace {

// Goroutines beyond so many share one; then some orders are explored in vain.
constexpr size_t kOrderPlaces = 8;
constexpr char kOrder[kOrderPlaces] = {};

// What is read there; empty for what is perhaps no number (a pointer would
// differ from run to run) or a large one.
std::string ValueText(AtomicValue value) {
  constexpr AtomicValue kLarge = 1 << 20;
  return value < kLarge ? std::to_string(static_cast<uint32_t>(value)) : "";
}

}  // namespace

void Engine::OrderedOpBegin(OpKind kind, const void* object,
                            const void* frame) {
  if (kind == OpKind::kAtomicLoad) kind = OpKind::kAtomicOrderedLoad;
  const void* const objects[] = {object,
                                 &kOrder[current_->index % kOrderPlaces]};
  OpBegin(kind, {objects, 2, sizeof(void*)}, nullptr, nullptr, frame);
}

void Engine::OrderedFence(const void* frame) {
  const void* objects[kOrderPlaces];
  for (size_t i = 0; i < kOrderPlaces; ++i) objects[i] = &kOrder[i];
  OpBegin(OpKind::kAtomicFence, {objects, kOrderPlaces, sizeof(void*)}, nullptr,
          nullptr, frame);
  {
    EngineScope scope;
    memory_model_.Fence(current_->index);
  }
  OpEnd();
}

AtomicValue Engine::PickPlace(AtomicAccess& access) {
  EngineScope scope;
  access.goroutine = current_->index;
  if (options_.recording != nullptr) {
    access.step = options_.recording->steps.size() - 1;
  }
  memory_model_.Pick(access, [this](uint64_t n) { return ChooseValue(n); });
  return memory_model_.picked().value;
}

// There is something newer to see: nobody spins who reads the old.
void Engine::NoteOldRead() {
  EngineScope scope;
  StopSpinning(*current_);
  if (options_.recording == nullptr) return;
  RecordStep(Recording::Kind::kOldRead, 0);
  Recording::Step& step = options_.recording->steps.back();
  step.value = ValueText(memory_model_.picked().value);
  step.replaced_in = memory_model_.picked().replaced_in;
}

}  // namespace rt::explorer
