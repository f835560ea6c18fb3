// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/explore.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "runtime/explorer/bounded.h"
#include "runtime/explorer/engine.h"
#include "runtime/explorer/exhaustive.h"
#include "runtime/explorer/globals.h"
#include "runtime/explorer/guard.h"
#include "runtime/explorer/minimize.h"
#include "runtime/explorer/pct.h"
#include "runtime/explorer/sampling.h"
#include "runtime/explorer/schedule.h"
#include "runtime/explorer/self_check.h"
#include "runtime/explorer/story.h"
#include "runtime/internal/host.h"
#include "runtime/internal/lock_rank.h"

namespace rt::explorer {
namespace {

// Any numbers do, as long as they stay the same.
constexpr uint64_t kSeed = 0x5eed;
constexpr size_t kPctDepth = 3;
// Executions of each phase around the exhaustive one; kBounded: before it.
constexpr uint64_t kBounded[] = {20, 100, 300};
constexpr uint64_t kPctExecutions = 1'000;
constexpr uint64_t kSamples = 1'000;
// If somebody was passed over who only looked again: perhaps he would have
// given up. So he may look as often as this in some executions more.
constexpr uint64_t kPatientExecutions = 200;
constexpr int kPatience = 100;

constexpr char kUncontrolled[] =
    "something decides here that the explorer does not control (a thread, the "
    "real clock, a random number, an address)";

enum class PhaseEnd : uint8_t { kComplete, kBudget, kFailed };

class Exploration {
 public:
  Exploration(const Options& options, absl::FunctionRef<void()> body,
              const void* outer_frame)
      : engine_(Engine::Get()),
        body_(body),
        shorten_(options.shorten && options.replay.empty()) {
    internal::lock_ranks_are_checked = false;  // One thread for all goroutines.
    engine_.BeginExploration(outer_frame);
    execution_.max_steps = options.max_steps;
    execution_.max_fruitless_reads = options.max_fruitless_reads;
    execution_.max_spurious_wakeups = options.max_spurious_wakeups;
    execution_.weak_memory = options.weak_memory;
    execution_.refuse_polling = options.refuse_polling;
    execution_.main_return_ends = options.body_end_stops_all;
    execution_.may_lose_memory = options.may_lose_memory;
    if (options.max_virtual_time < absl::InfiniteDuration()) {
      execution_.max_virtual_ns =
          absl::ToInt64Nanoseconds(options.max_virtual_time);
    }
  }

  // Its frame is gone.
  ~Exploration() { engine_.BeginExploration(/*outer_frame=*/nullptr); }
  Exploration(const Exploration&) = delete;
  Exploration& operator=(const Exploration&) = delete;

  Result Run(const Options& options) {
    switch (options.search) {
      case Search::kPortfolio:
        return Portfolio(options.max_executions);
      case Search::kReduced: {
        Exhaustive strategy;
        return Only(strategy, options.max_executions);
      }
      case Search::kBounded: {
        Bounded strategy(options.max_preemptions);
        PhaseEnd end = RunPhase(strategy, options.max_executions);
        if (end == PhaseEnd::kFailed) return Failed();
        if (end == PhaseEnd::kBudget) return Passed(/*complete=*/false);
        return Passed(/*complete=*/false, options.max_preemptions);
      }
      case Search::kNaive: {
        Bounded strategy(Bounded::kUnbounded);
        return Only(strategy, options.max_executions);
      }
      case Search::kPct: {
        Pct strategy(kSeed, kPctDepth);
        return Only(strategy, options.max_executions);
      }
      case Search::kSampled: {
        Sampling strategy(kSeed);
        return Only(strategy, options.max_executions);
      }
    }
    return {};
  }

  Result Replayed(const std::string& line) {
    Result result;
    absl::StatusOr<Schedule> schedule = ParseSchedule(line, ProgramHash());
    if (!schedule.ok()) {
      result.verdict = Verdict::kGrader;
      result.summary = std::string(schedule.status().message());
      return result;
    }
    Replay strategy(*schedule);
    PhaseEnd end = RunPhase(strategy, 1);
    if (end != PhaseEnd::kFailed || engine_.diverged()) {
      BePatient();  // As it was when that was found, perhaps.
      executions_ = 0;
      Replay patient(*schedule);
      end = RunPhase(patient, 1);
    }
    if (end == PhaseEnd::kFailed) return Failed();
    result.executions = executions_;
    result.summary = "the replayed interleaving passes";
    return result;
  }

 private:
  Result Portfolio(uint64_t max_executions) {
    for (size_t bound = 0; bound < std::size(kBounded); ++bound) {
      Bounded strategy(bound);
      if (RunPhase(strategy, kBounded[bound]) == PhaseEnd::kFailed) {
        return Failed();
      }
    }
    uint64_t before = executions_;
    Exhaustive exhaustive;
    PhaseEnd end = RunPhase(exhaustive, max_executions);
    if (end == PhaseEnd::kFailed) return Failed();
    if (end == PhaseEnd::kComplete) {
      executions_ -= before;  // Those are among the ones counted now.
      return FailsPatiently() ? Failed() : Passed(/*complete=*/true);
    }
    // What can be had of it completely.
    std::optional<uint64_t> complete_preemptions;
    for (size_t bound = 0; bound < std::size(kBounded); ++bound) {
      Bounded strategy(bound);
      end = RunPhase(strategy, max_executions);
      if (end == PhaseEnd::kFailed) return Failed();
      if (end == PhaseEnd::kBudget) break;
      complete_preemptions = bound;
    }
    Pct pct(kSeed, kPctDepth);
    if (RunPhase(pct, kPctExecutions) == PhaseEnd::kFailed) return Failed();
    Sampling sampling(kSeed);
    if (RunPhase(sampling, kSamples) == PhaseEnd::kFailed) return Failed();
    return FailsPatiently() ? Failed()
                            : Passed(/*complete=*/false, complete_preemptions);
  }

  bool FailsPatiently() {
    if (!passed_over_ || execution_.refuse_polling) return false;
    BePatient();
    uint64_t before = executions_;
    Pct pct(kSeed, kPctDepth);
    if (RunPhase(pct, kPatientExecutions) == PhaseEnd::kFailed) return true;
    executions_ = before;  // They differ from those in how often he looks.
    return false;
  }

  void BePatient() {
    execution_.max_fruitless_reads =
        std::max(execution_.max_fruitless_reads, kPatience);
    execution_.yields_in_vain = true;
    execution_.max_steps *= kPatience;
  }

  Result Only(Strategy& strategy, uint64_t max_executions) {
    PhaseEnd end = RunPhase(strategy, max_executions);
    if (end == PhaseEnd::kFailed) return Failed();
    return Passed(end == PhaseEnd::kComplete);
  }

  PhaseEnd RunPhase(Strategy& strategy, uint64_t max_executions) {
    // Redundant executions cost time but do not count.
    uint64_t redundant_left = max_executions;
    for (uint64_t i = 0; i < max_executions;) {
      if (!strategy.BeginExecution()) return PhaseEnd::kComplete;
      RunOnce(strategy, execution_);
      passed_over_ |= engine_.passed_over();
      if (!strategy.redundant()) {
        ++i;
        ++executions_;
      } else if (redundant_left-- == 0) {
        return PhaseEnd::kBudget;
      }
      if (engine_.failed() || engine_.diverged()) return PhaseEnd::kFailed;
    }
    return PhaseEnd::kBudget;
  }

  void RunOnce(Strategy& strategy, const ExecutionOptions& options) {
    engine_.Execute(body_, strategy, options);
    globals_.Restore();
    while (engine_.incomplete() && !engine_.diverged()) Again(options);
    if (engine_.suspects_leak()) {
      ExecutionOptions keeping = options;
      keeping.keep_allocations = true;
      Again(keeping);
    }
  }

  // The last execution's choices once more.
  void Again(const ExecutionOptions& options) {
    Replay again(engine_.schedule());
    again.BeginExecution();
    engine_.Execute(body_, again, options);
    globals_.Restore();
  }

  Result Passed(bool complete,
                std::optional<uint64_t> complete_preemptions = std::nullopt) {
    Result result;
    result.executions = executions_;
    result.complete = complete;
    result.complete_preemptions = complete_preemptions;
    result.summary = PassedSummary(result);
    for (const Engine::Wish& wish : engine_.wishes()) {
      if (wish.happened) continue;
      result.verdict = Verdict::kWrong;
      result.summary = "never happens: " + wish.what;
      break;
    }
    return result;
  }

  Result Failed() {
    Result result;
    if (engine_.diverged()) {
      result.verdict = Verdict::kGrader;
      result.executions = executions_;
      result.summary = absl::StrCat(
          "the same choices did not lead to the same steps: ", kUncontrolled);
      return result;
    }
    const Failure failure = engine_.failure();
    Describe(engine_, failure, nullptr, &result);
    // Who touches memory that is not his may do damage every time.
    bool harmless =
        failure.verdict != Verdict::kMemory || failure.race.address != nullptr;
    if (failure.verdict == Verdict::kHang) {  // Once is long enough.
      result.replay = FormatSchedule(engine_.schedule(), ProgramHash());
    } else if (std::optional<Result> story = TellLast()) {
      result = *std::move(story);
      if (shorten_ && harmless && failure.verdict != Verdict::kGrader) {
        std::string found = result.replay;
        Minimize(
            engine_,
            [this](Strategy& strategy) { RunOnce(strategy, execution_); },
            [this] { return TellLast(); }, &result);
        result.shortened = result.replay != found;
      }
    } else if (failure.verdict != Verdict::kGrader) {
      std::string once = absl::StrCat(
          "the same choices did not lead there again: ", kUncontrolled);
      // A crash is one, and may have damaged what it would need to be repeated.
      if (harmless) {
        absl::StrAppend(&once,
                        "; what failed once: ", VerdictText(result.verdict),
                        ", ", result.summary);
        result.verdict = Verdict::kGrader;
        result.summary = std::move(once);
      } else {
        absl::StrAppend(&result.summary, " (once: ", once, ")");
      }
    }
    result.executions = result.found_in = executions_;
    return result;
  }

  // Runs the failing interleaving once more, with a recording for the report.
  // Nothing if it goes another way. What libraries do at their first use only
  // (time zones, for the words of an expectation) is not in the second way.
  std::optional<Result> TellLast() {
    Verdict verdict = engine_.failure().verdict;
    std::optional<Result> told = TellOnce();
    if (told.has_value() || engine_.diverged() ||
        engine_.failure().verdict != verdict) {
      return told;
    }
    return TellOnce();
  }

  std::optional<Result> TellOnce() {
    Failure failure = engine_.failure();
    const Schedule schedule = engine_.schedule();
    Recording recording;
    ExecutionOptions recorded = execution_;
    recorded.recording = &recording;
    recorded.keep_allocations = true;
    recorded.earlier_access = failure.race.earlier.sequence;
    recorded.later_access = failure.race.later.sequence;
    Replay replay(schedule);
    replay.BeginExecution();
    engine_.Execute(body_, replay, recorded);
    std::optional<Result> told;
    if (!engine_.diverged() && engine_.schedule() == schedule &&
        engine_.failure().verdict == failure.verdict &&
        engine_.failure().race.later.pc == failure.race.later.pc) {
      failure.block = engine_.failure().block;
      told.emplace();
      Describe(engine_, failure, &recording, &*told);
      told->preemptions = engine_.preemptions();
      told->replay = FormatSchedule(schedule, ProgramHash());
    }
    globals_.Restore();  // Not before: they have had a part in it.
    return told;
  }

  Engine& engine_;
  const Globals globals_;
  const absl::FunctionRef<void()> body_;
  const bool shorten_;
  ExecutionOptions execution_;
  uint64_t executions_ = 0;
  bool passed_over_ = false;  // Somebody was, in some execution (E5).
};

[[gnu::noinline]] Result ExploreFrom(const Options& options,
                                     absl::FunctionRef<void()> body) {
  Guard guard;
  Exploration exploration(options, body, __builtin_frame_address(0));
  if (!options.replay.empty()) return exploration.Replayed(options.replay);
  return exploration.Run(options);
}

}  // namespace

// What the caller has in registers is kept in a frame that the search for leaks
// looks at.
Result Explore(const Options& options, absl::FunctionRef<void()> body) {
  __builtin_unwind_init();
  Result result = ExploreFrom(options, body);
  return result;
}

bool InstrumentationIsAlive() {
  Options options;
  options.search = Search::kReduced;
  options.shorten = false;
  Result result = Explore(options, &RaceOnPurpose);
  return result.verdict == Verdict::kRace && result.executions == 1;
}

uint64_t Choose(uint64_t n) { return internal::host::RandomBelow(n); }

namespace {

// The call is allowed within a body only.
Engine& EngineFor(const char* call) {
  Engine* engine = Engine::Active();
  if (engine == nullptr) internal::host::Fatal(call);
  return *engine;
}

}  // namespace

void Refuse(Verdict verdict, std::string reason) {
  Engine& engine = EngineFor("rt::explorer::Refuse");
  engine.Fail(verdict, std::move(reason));
  engine.Abandon();
}

void Sometimes(bool condition, std::string_view what) {
  EngineFor("rt::explorer::Sometimes").Wished(what, condition);
}

uint64_t Operations() {
  return EngineFor("rt::explorer::Operations").current()->operations;
}

int Gauge::Enter() { return ++inside_; }
void Gauge::Leave() { --inside_; }

}  // namespace rt::explorer
