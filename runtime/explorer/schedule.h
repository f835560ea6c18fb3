// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Schedule: the choices of one execution, and the line that stands for them.
//
//   1-5f0c2a9e-0x3.1x2.v4.0
//
// is format 1, for the program with that hash: goroutine 0 three operations,
// goroutine 1 two, then the drawn number 4, then goroutine 0 once. Whoever
// replays it gets the same steps, as long as the program is the same.

#ifndef RUNTIME_EXPLORER_SCHEDULE_H_
#define RUNTIME_EXPLORER_SCHEDULE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/explorer/strategy.h"

namespace rt::explorer {

struct Decision {
  bool is_value = false;
  uint64_t chosen = 0;  // A goroutine's index, or the number drawn.
  bool operator==(const Decision&) const = default;
};
using Schedule = std::vector<Decision>;

std::string FormatSchedule(const Schedule& schedule, uint32_t program_hash);

// The reverse. An error says in one sentence why the line cannot be used.
absl::StatusOr<Schedule> ParseSchedule(std::string_view line,
                                       uint32_t program_hash);

// A hash of the running program's code and constants: the same wherever and
// whenever it runs, another after any change to what is compiled.
uint32_t ProgramHash();

// Makes the recorded choices again.
class Replay : public Strategy {
 public:
  explicit Replay(Schedule schedule) : schedule_(std::move(schedule)) {}

  bool BeginExecution() override;
  size_t PickNext(const SchedulePoint& point) override;
  uint64_t PickValue(uint64_t n) override;
  bool diverged() const override { return diverged_; }

 private:
  const Schedule schedule_;
  size_t next_ = 0;
  bool started_ = false;
  bool diverged_ = false;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_SCHEDULE_H_
