// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/minimize.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace rt::explorer {
namespace {

// What all attempts together may take.
constexpr uint64_t kMaxAttempts = 500;
constexpr uint64_t kMaxWork = 10'000'000;  // Accesses, and operations times
constexpr uint64_t kOperationWork = 32;
// What a failed execution has allocated, nobody frees.
constexpr uint64_t kMaxBytes = 64 << 20;

// A goroutine goes on until it has done so many operations in all.
struct Run {
  GoroutineIndex goroutine;
  uint64_t until;
  auto operator<=>(const Run&) const = default;
};

// A number drawn after the `operation`-th operation of a goroutine, by it or by
// one that it let go on.
struct Drawn {
  GoroutineIndex goroutine;
  uint64_t operation;
  uint64_t value;
  auto operator<=>(const Drawn&) const = default;
};

struct Plan {
  std::vector<Run> runs;
  std::vector<Drawn> drawn;
  auto operator<=>(const Plan&) const = default;
};

using Cost = std::tuple<uint64_t, uint64_t, uint64_t, uint64_t>;

uint64_t& At(std::vector<uint64_t>& counts, GoroutineIndex goroutine) {
  if (counts.size() <= goroutine) counts.resize(goroutine + 1);
  return counts[goroutine];
}

Plan PlanOf(const Schedule& schedule) {
  Plan plan;
  std::vector<uint64_t> done;
  GoroutineIndex last = 0;
  for (const Decision& decision : schedule) {
    if (decision.is_value) {
      plan.drawn.push_back({last, At(done, last), decision.chosen});
      continue;
    }
    last = static_cast<GoroutineIndex>(decision.chosen);
    uint64_t until = ++At(done, last);
    if (!plan.runs.empty() && plan.runs.back().goroutine == last) {
      plan.runs.back().until = until;
    } else {
      plan.runs.push_back({last, until});
    }
  }
  return plan;
}

Cost CostOf(uint64_t preemptions, const Schedule& schedule, const Plan& plan) {
  uint64_t values = 0;
  for (const Drawn& drawn : plan.drawn) values += drawn.value;
  return {preemptions, schedule.size() - plan.drawn.size(), plan.runs.size(),
          values};
}

// Follows a plan as far as the execution lets it.
class Guided : public Strategy {
 public:
  explicit Guided(const Plan& plan) : plan_(plan) {}

  bool BeginExecution() override { return !std::exchange(started_, true); }

  size_t PickNext(const SchedulePoint& point) override {
    size_t pick = DefaultPick(point);
    for (; next_ < plan_.runs.size(); ++next_) {
      const Run& run = plan_.runs[next_];
      if (At(done_, run.goroutine) >= run.until) continue;
      auto it = std::find_if(
          point.runnable.begin(), point.runnable.end(),
          [&](const Choice& c) { return c.goroutine == run.goroutine; });
      if (it == point.runnable.end()) continue;
      pick = static_cast<size_t>(it - point.runnable.begin());
      break;
    }
    last_ = point.runnable[pick].goroutine;
    ++At(done_, last_);
    draws_ = 0;
    return pick;
  }

  uint64_t PickValue(uint64_t n) override {
    uint64_t draw = draws_++;
    for (const Drawn& drawn : plan_.drawn) {
      if (drawn.goroutine != last_ || drawn.operation != At(done_, last_)) {
        continue;
      }
      if (draw-- == 0) return drawn.value < n ? drawn.value : 0;
    }
    return 0;
  }

 private:
  const Plan& plan_;
  bool started_ = false;
  size_t next_ = 0;
  std::vector<uint64_t> done_;  // By goroutine.
  GoroutineIndex last_ = 0;
  uint64_t draws_ = 0;  // Since its last operation.
};

// What two failures have in common that are the same to a reader. Which of
// several alike goroutines it was, is not.
std::string Essence(const Result& story) {
  std::vector<std::string> parts;
  bool anywhere =
      story.expectation.empty() &&
      (story.verdict == Verdict::kLivelock || story.verdict == Verdict::kSlow);
  for (const Location& at : story.locations) {
    if (anywhere) break;  // Whoever happened to run.
    parts.push_back(absl::StrCat(at.role, " ", at.file, ":", at.line, " ",
                                 absl::StrJoin(at.held, ",")));
  }
  bool blocked =
      story.verdict == Verdict::kDeadlock || story.verdict == Verdict::kLeak;
  if (blocked) {
    std::string who =
        story.expectation.empty() ? story.summary : story.expectation;
    std::erase_if(who, [](char c) { return '0' <= c && c <= '9'; });
    for (absl::string_view each : absl::StrSplit(who, '\n')) {
      parts.emplace_back(each);
    }
  } else if (story.verdict != Verdict::kWrong || story.locations.empty() ||
             story.locations[0].file.empty()) {
    // But for the words of an EXPECT: they hold values, which may differ.
    parts.push_back(story.expectation);
  }
  std::sort(parts.begin(), parts.end());
  return absl::StrCat(VerdictText(story.verdict), "\n",
                      absl::StrJoin(parts, "\n"));
}

class Minimizer {
 public:
  Minimizer(const Engine& engine, RunOnce run, TellLast tell, Result* story)
      : engine_(engine),
        run_(run),
        tell_(tell),
        story_(*story),
        essence_(Essence(*story)),
        best_(PlanOf(engine.schedule())),
        cost_(CostOf(engine.preemptions(), engine.schedule(), best_)) {
    tried_.insert(best_);
  }

  void Shorten() {
    Cost before;
    do {
      before = cost_;
      TakeOut();
      Join();
      Exchange();
      MoveSwitches();
      DrawLess();
    } while (cost_ < before);
  }

 private:
  // Runs the candidate; whether it is the best now.
  bool Try(Plan candidate) {
    if (spent_ || !tried_.insert(candidate).second) return false;
    Guided strategy(candidate);
    strategy.BeginExecution();
    run_(strategy);
    Count();
    if (engine_.failure().verdict != story_.verdict) return false;
    Plan plan = PlanOf(engine_.schedule());
    Cost cost = CostOf(engine_.preemptions(), engine_.schedule(), plan);
    if (cost >= cost_) return false;
    std::optional<Result> told = tell_();
    Count();
    if (!told.has_value() || Essence(*told) != essence_) return false;
    story_ = *std::move(told);
    best_ = std::move(plan);
    cost_ = cost;
    tried_.insert(best_);
    return true;
  }

  void Count() {
    ++attempts_;
    work_ += engine_.accesses() + kOperationWork * engine_.schedule().size();
    if (engine_.failed()) bytes_ += engine_.allocated_bytes();
    spent_ = attempts_ >= kMaxAttempts || work_ >= kMaxWork ||
             bytes_ >= kMaxBytes ||
             engine_.failure().verdict == Verdict::kHang;  // That takes long.
  }

  void TakeOut() {
    for (size_t size = best_.runs.size(); size > 0 && !spent_; size /= 2) {
      for (size_t at = 0; at < best_.runs.size() && !spent_;) {
        Plan candidate = best_;
        auto first = candidate.runs.begin() + static_cast<ptrdiff_t>(at);
        size_t count = std::min(size, candidate.runs.size() - at);
        candidate.runs.erase(first, first + static_cast<ptrdiff_t>(count));
        if (!Try(std::move(candidate))) at += size;
      }
    }
  }

  // Brings the next run of the same goroutine forward.
  void Join() {
    for (size_t i = 0; i < best_.runs.size() && !spent_; ++i) {
      Plan candidate = best_;
      auto run = candidate.runs.begin() + static_cast<ptrdiff_t>(i);
      auto next = std::find_if(
          run + 1, candidate.runs.end(),
          [&](const Run& r) { return r.goroutine == run->goroutine; });
      if (next == candidate.runs.end()) continue;
      run->until = next->until;
      candidate.runs.erase(next);
      Try(std::move(candidate));
    }
  }

  void Exchange() {
    for (size_t i = 0; i + 1 < best_.runs.size() && !spent_; ++i) {
      Plan candidate = best_;
      std::swap(candidate.runs[i], candidate.runs[i + 1]);
      Try(std::move(candidate));
    }
  }

  void MoveSwitches() {
    for (size_t i = 0; i < best_.runs.size() && !spent_; ++i) {
      auto until = [&](uint64_t end) {
        Plan candidate = best_;
        candidate.runs[i].until = end;
        return Try(std::move(candidate));
      };
      uint64_t end = best_.runs[i].until;
      until(std::numeric_limits<uint64_t>::max()) || until(end / 2) ||
          until(end - 1) || until(end + 1);
    }
  }

  void DrawLess() {
    for (size_t i = 0; i < best_.drawn.size() && !spent_; ++i) {
      auto draw = [&](uint64_t value) {
        Plan candidate = best_;
        candidate.drawn[i].value = value;
        return Try(std::move(candidate));
      };
      uint64_t value = best_.drawn[i].value;
      if (value > 0) draw(0) || draw(value / 2) || draw(value - 1);
    }
  }

  const Engine& engine_;
  const RunOnce run_;
  const TellLast tell_;
  Result& story_;
  const std::string essence_;
  Plan best_;
  Cost cost_;
  std::set<Plan> tried_;
  uint64_t attempts_ = 0;
  uint64_t work_ = 0;
  uint64_t bytes_ = 0;
  bool spent_ = false;
};

}  // namespace

void Minimize(const Engine& engine, RunOnce run, TellLast tell, Result* story) {
  Minimizer(engine, run, tell, story).Shorten();
}

}  // namespace rt::explorer
