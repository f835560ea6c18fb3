// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/select.h"

#include <cstddef>
#include <span>

#include "absl/container/inlined_vector.h"
#include "runtime/internal/select_core.h"
#include "runtime/panic.h"

namespace rt {

size_t SelectAny(std::span<SelectCase> cases) {
  using internal::SelectCore;
  constexpr size_t kFew = 8;
  if (cases.empty()) SelectCore::BlockForever();
  absl::InlinedVector<internal::SelectOp, kFew> ops(cases.size());
  size_t default_case = SelectCore::kDefault;
  for (size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].case_ == nullptr) continue;
    if (cases[i].is_default_) {
      if (default_case != SelectCore::kDefault) {
        throw Panic("SelectAny: more than one Default");
      }
      default_case = i;
    } else {
      ops[i] = cases[i].case_->Op();
    }
  }
  size_t chosen = SelectCore::Run(
      {ops.data(), ops.size()}, default_case != SelectCore::kDefault,
      cases.size() <= kFew ? SelectCore::Slow<kFew> : SelectCore::SlowOnHeap);
  bool ok = chosen != SelectCore::kDefault && ops[chosen].ok;
  if (chosen == SelectCore::kDefault) chosen = default_case;
  cases[chosen].case_->Done(ok);
  return chosen;
}

}  // namespace rt
