// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/trace_writer.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "nlohmann/json.hpp"
#include "runtime/internal/frames.h"
#include "runtime/internal/g.h"
#include "runtime/internal/tracer.h"

namespace rt::internal {
namespace {

using Json = nlohmann::json;

constexpr int kProcessors = 1;
constexpr int kThreads = 2;

// Lanes of kThreads besides those of the M's.
constexpr int kSysmonLane = 100'000;
constexpr int kOtherLane = 100'001;

// What takes no time must be seen all the same.
constexpr int64_t kVisibleNs = 1000;

struct Lane {
  int process;
  int number;
  auto operator<=>(const Lane&) const = default;
};

// Turns events, in the order of time, into those of the file.
class Writer {
 public:
  Writer(const TraceRecord& record, std::FILE* file)
      : record_(record), file_(file) {}

  void Write() {
    std::fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", file_);
    NameProcess(kProcessors, "processors");
    NameProcess(kThreads, "threads");
    for (const TraceEvent& event : record_.events) Add(event);
    for (auto& [p, run] : runs_) {
      if (run.g != 0) EndRun(p, record_.end_ns, "end of the trace");
    }
    for (auto& [m, call] : calls_) {
      if (call.g != 0) EndCall(m, record_.end_ns);
    }
    NameLanes();
    Json end = {{"name", "dropped"}, {"ph", "M"}, {"pid", kProcessors}};
    end["args"] = {{"events", record_.dropped}};
    std::fputs(end.dump().c_str(), file_);
    std::fputs("\n]}\n", file_);
  }

 private:
  // A goroutine on a P, or in a system call on an M; g 0: nobody.
  struct Stay {
    uint64_t g = 0;
    int64_t begin_ns = 0;
    int m = -1;
  };
  // Where an arrow begins; without a name: there is none.
  struct Origin {
    const char* name = nullptr;
    Lane lane = {};
    int64_t ns = 0;
  };
  // Those that lead to a goroutine's next run.
  struct Origins {
    Origin wake;
    Origin steal;
    Origin preemption;  // From where it was stopped.
  };

  void Add(const TraceEvent& event) {
    switch (event.kind) {
      case TraceKind::kStart:
        BeginRun(event);
        break;
      case TraceKind::kStop:
        SeeRun(event);
        if (ReasonOf(event.detail) == StopReason::kPreempted) {
          AddPreempted(event);
        }
        asked_.erase(event.p);
        EndRun(event.p, event.ns, StopText(event.detail));
        break;
      case TraceKind::kSpawn:
        created_[event.g] = reinterpret_cast<const void*>(event.arg);
        spawned_[event.g] = true;
        break;
      case TraceKind::kReady:
        AddReady(event);
        break;
      case TraceKind::kSteal:
        AddSteal(event);
        break;
      case TraceKind::kSyscallEnter:
        SeeRun(event);
        EndRun(event.p, event.ns, "system call");
        calls_[event.m] = {event.g, event.ns, event.m};
        break;
      case TraceKind::kSyscallExit:
        // Begun before the trace did: since its beginning.
        if (calls_[event.m].g == 0) {
          calls_[event.m] = {event.g, record_.begin_ns, event.m};
        }
        EndCall(event.m, event.ns);
        if (event.p >= 0) BeginRun(event);
        break;
      case TraceKind::kRetake:
        retaken_[static_cast<int>(event.arg)] = BySysmon("retake", event);
        break;
      case TraceKind::kPreempt:
        asked_[static_cast<int>(event.arg)] = BySysmon("preempt", event);
        break;
      case TraceKind::kSpin:
        spins_[event.m] = event.ns;
        break;
      case TraceKind::kSpinEnd: {
        auto spin = spins_.try_emplace(event.m, record_.begin_ns).first;
        Slice({kThreads, event.m}, spin->second, event.ns, "spinning", {});
        spins_.erase(spin);
        break;
      }
      case TraceKind::kProcs:
        Instant({kThreads, kOtherLane}, event.ns,
                "GOMAXPROCS=" + std::to_string(event.arg), "g");
        break;
    }
  }

  // --- Runs ----------------------------------------------------------------

  void BeginRun(const TraceEvent& event) {
    runs_[event.p] = {event.g, event.ns, event.m};
    Lane lane = {kProcessors, event.p};
    Origins& origins = origins_[event.g];
    Arrow(&origins.wake, "wake-up", lane, event.ns);
    Arrow(&origins.steal, "steal", lane, event.ns);
    Arrow(&origins.preemption, "preemption", lane, event.ns);
    Arrow(&retaken_[event.p], "sysmon", lane, event.ns);
  }

  // The event's goroutine runs; maybe since before the trace began.
  void SeeRun(const TraceEvent& event) {
    if (runs_[event.p].g == 0) {
      runs_[event.p] = {event.g, record_.begin_ns, event.m};
    }
  }

  void EndRun(int p, int64_t ns, const std::string& why) {
    Stay run = std::exchange(runs_[p], Stay{});
    Json args = {{"thread", "M" + std::to_string(run.m)}, {"stopped by", why}};
    if (std::string place = Creation(run.g); !place.empty()) {
      args["created at"] = place;
    }
    Slice({kProcessors, p}, run.begin_ns, ns, Name(run.g), args);
  }

  void EndCall(int m, int64_t ns) {
    Stay call = std::exchange(calls_[m], Stay{});
    Slice({kThreads, m}, call.begin_ns, ns, "system call",
          {{"goroutine", call.g}});
  }

  static StopReason ReasonOf(uint8_t detail) {
    return static_cast<StopReason>(detail & 7);
  }

  static std::string StopText(uint8_t detail) {
    switch (ReasonOf(detail)) {
      case StopReason::kPark:
        return WaitReasonText(static_cast<WaitReason>(detail >> 3));
      case StopReason::kYield:
        return "Gosched";
      case StopReason::kExit:
        return "return";
      case StopReason::kPreempted:
        return "preemption";
    }
    return "";
  }

  // --- Arrows --------------------------------------------------------------

  void AddReady(const TraceEvent& event) {
    Lane lane = {kProcessors, event.p};
    bool by_goroutine = event.p >= 0 && event.arg != 0;
    if (!by_goroutine) {
      // Nobody runs here that an arrow could start at.
      lane =
          event.m >= 0 ? Lane{kThreads, event.m} : Lane{kThreads, kOtherLane};
      const char* name = "wake-up";
      switch (static_cast<ReadyReason>(event.detail)) {
        case ReadyReason::kGoroutine:
          break;
        case ReadyReason::kTimer:
          name = "timer";
          break;
        case ReadyReason::kNetwork:
          name = "network";
          if (event.m < 0) lane.number = kSysmonLane;
          break;
      }
      Slice(lane, event.ns, event.ns + kVisibleNs, name,
            {{"goroutine", event.g}});
    } else if (runs_[event.p].g == 0) {
      runs_[event.p] = {event.arg, record_.begin_ns, event.m};
    }
    bool is_new = spawned_.erase(event.g) > 0;
    origins_[event.g].wake = {is_new ? "go" : "ready", lane, event.ns};
  }

  void AddSteal(const TraceEvent& event) {
    std::string from = "P" + std::to_string(event.arg);
    Instant({kProcessors, event.p}, event.ns,
            "steals " + Name(event.g) + " from " + from, "t");
    int victim = static_cast<int>(event.arg);
    if (runs_[victim].g == 0) return;  // Nothing to start at.
    origins_[event.g].steal = {"steal", {kProcessors, victim}, event.ns};
  }

  // Sysmon did something to P number event.arg.
  Origin BySysmon(const char* what, const TraceEvent& event) {
    Lane lane = {kThreads, kSysmonLane};
    Slice(lane, event.ns, event.ns + kVisibleNs,
          what + (" P" + std::to_string(event.arg)), {});
    return {what, lane, event.ns};
  }

  // Between the run that ends here, whose end is no longer in it, and sysmon,
  // and the goroutine's next run.
  void AddPreempted(const TraceEvent& event) {
    Lane lane = {kProcessors, event.p};
    int64_t ns = std::max(runs_[event.p].begin_ns, event.ns - 1);
    Arrow(&asked_[event.p], "sysmon", lane, ns);
    origins_[event.g].preemption = {"preemption", lane, ns};
  }

  // From *origin, which is used up, to the slice that is in `lane` at `ns`.
  void Arrow(Origin* origin, const char* category, Lane lane, int64_t ns) {
    if (origin->name == nullptr) return;
    Json begin = At(origin->lane, origin->ns);
    begin["ph"] = "s";
    Json end = At(lane, ns);
    end["ph"] = "f";
    end["bp"] = "e";  // Binds to the slice that it is in.
    ++arrow_count_;
    for (Json* half : {&begin, &end}) {
      (*half)["cat"] = category;
      (*half)["name"] = origin->name;
      (*half)["id"] = arrow_count_;
      Put(*half);
    }
    *origin = {};
  }

  // --- The file ------------------------------------------------------------

  static std::string Name(uint64_t g) {
    return "goroutine " + std::to_string(g);
  }

  // Where g was created: "bank.cc:12"; empty if that was before the trace.
  std::string Creation(uint64_t g) {
    auto at = created_.find(g);
    if (at == created_.end() || at->second == nullptr) return "";
    auto [place, is_new] = places_.try_emplace(at->second);
    if (is_new) {
      auto frames = ProgramFrames(at->second);
      if (!frames.empty()) {
        place->second = frames[0].file + ":" + std::to_string(frames[0].line);
      }
    }
    return place->second;
  }

  // Microseconds since the trace began.
  double Time(int64_t ns) const {
    return static_cast<double>(ns - record_.begin_ns) / 1000;
  }

  Json At(Lane lane, int64_t ns) {
    lanes_[lane] = true;
    return {{"pid", lane.process}, {"tid", lane.number}, {"ts", Time(ns)}};
  }

  void Slice(Lane lane, int64_t begin_ns, int64_t end_ns,
             const std::string& name, Json args) {
    Json slice = At(lane, begin_ns);
    slice["ph"] = "X";
    slice["dur"] = static_cast<double>(end_ns - begin_ns) / 1000;
    slice["name"] = name;
    if (!args.is_null()) slice["args"] = std::move(args);
    Put(slice);
  }

  void Instant(Lane lane, int64_t ns, const std::string& name,
               const char* scope) {
    Json instant = At(lane, ns);
    instant["ph"] = "i";
    instant["s"] = scope;
    instant["name"] = name;
    Put(instant);
  }

  void NameProcess(int process, const char* name) {
    Put({{"ph", "M"},
         {"name", "process_name"},
         {"pid", process},
         {"args", {{"name", name}}}});
  }

  void NameLanes() {
    for (const auto& [lane, used] : lanes_) {
      std::string name = (lane.process == kProcessors ? "P" : "M") +
                         std::to_string(lane.number);
      if (lane == Lane{kThreads, kSysmonLane}) name = "sysmon";
      if (lane == Lane{kThreads, kOtherLane}) name = "other threads";
      Put({{"ph", "M"},
           {"name", "thread_name"},
           {"pid", lane.process},
           {"tid", lane.number},
           {"args", {{"name", name}}}});
      Put({{"ph", "M"},
           {"name", "thread_sort_index"},
           {"pid", lane.process},
           {"tid", lane.number},
           {"args", {{"sort_index", lane.number}}}});
    }
  }

  void Put(const Json& event) {
    std::fputs(event.dump().c_str(), file_);
    std::fputs(",\n", file_);
  }

  const TraceRecord& record_;
  std::FILE* const file_;
  std::map<int, Stay> runs_;   // By P.
  std::map<int, Stay> calls_;  // By M.
  std::map<int, int64_t> spins_;
  std::map<Lane, bool> lanes_;
  std::unordered_map<uint64_t, Origins> origins_;  // By goroutine.
  std::map<int, Origin> retaken_;                  // By P: from a system call,
  std::map<int, Origin> asked_;  // and asked to stop whom it runs.
  std::unordered_map<uint64_t, const void*> created_;
  std::unordered_map<uint64_t, bool> spawned_;  // And not ready yet.
  std::unordered_map<const void*, std::string> places_;
  int64_t arrow_count_ = 0;
};

}  // namespace

void WriteTrace(const TraceRecord& record, std::FILE* file) {
  Writer(record, file).Write();
}

}  // namespace rt::internal
