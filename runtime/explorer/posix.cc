// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/posix.h"

#include <link.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/explorer/globals.h"
#include "runtime/internal/timer.h"

namespace rt::explorer {
namespace {

constexpr int64_t kSecondNs = 1'000'000'000;

struct Segment {
  uintptr_t begin;
  uintptr_t end;
};

// Where the program and its libraries have their static variables.
const std::vector<Segment>& Segments() {
  static const auto& segments = *new std::vector<Segment>([] {
    std::vector<Segment> found;
    auto add = [](dl_phdr_info* info, size_t, void* to) {
      for (int i = 0; i < info->dlpi_phnum; ++i) {
        const auto& header = info->dlpi_phdr[i];
        if (header.p_type != PT_LOAD) continue;
        uintptr_t begin = info->dlpi_addr + header.p_vaddr;
        static_cast<std::vector<Segment>*>(to)->push_back(
            {begin, begin + header.p_memsz});
      }
      return 0;
    };
    dl_iterate_phdr(add, &found);
    return found;
  }());
  return segments;
}

// A goroutine that sleeps at an address.
struct Sleeper : internal::Timer {
  Sleeper(Goroutine* g, const void* key)
      : Timer([](Timer* timer, int64_t) {
          auto* self = static_cast<Sleeper*>(timer);
          self->timed_out = true;
          Engine::Active()->Ready(self->g);
        }),
        g(g) {
    object = key;
  }

  Goroutine* const g;
  bool timed_out = false;
};

}  // namespace

bool IsExplored(const void* object) {
  EngineScope scope;
  auto at = reinterpret_cast<uintptr_t>(object);
  const std::vector<Segment>& segments = Segments();
  bool is_static = std::any_of(
      segments.begin(), segments.end(),
      [at](const Segment& s) { return s.begin <= at && at < s.end; });
  return !is_static || IsGlobal(object);
}

void Touch(const void* object, size_t size, bool destroys, const void* pc) {
  Access access;
  access.address = object;
  access.size = size;
  access.is_write = true;
  access.is_atomic = !destroys;
  access.is_destroy = destroys;
  access.pc = pc;
  Engine::Active()->Access(access);
}

void Misuse(const std::string& what) {
  Engine& engine = *Engine::Active();
  engine.Fail(Verdict::kPanic, "undefined behaviour: " + what);
  engine.Abandon();
}

void RefuseType(const std::string& type, const std::string& instead) {
  Engine& engine = *Engine::Active();
  engine.Fail(Verdict::kGrader, type + " cannot be explored here: " + instead);
  engine.Abandon();
}

int64_t Deadline(clockid_t clock, const timespec& until) {
  int64_t ns;
  if (__builtin_mul_overflow(until.tv_sec, kSecondNs, &ns) ||
      __builtin_add_overflow(ns, until.tv_nsec, &ns)) {
    return until.tv_sec < 0 ? 0 : kNever;
  }
  bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  return wall ? ns - internal::host::StartUnixNs() : ns;
}

timespec TimeOn(clockid_t clock) {
  bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  int64_t ns =
      internal::host::NowNs() + (wall ? internal::host::StartUnixNs() : 0);
  return {ns / kSecondNs, ns % kSecondNs};
}

Alarm::Alarm(const void* lock, int64_t deadline_ns, OpKind then)
    : Timer([](Timer* timer, int64_t) {
        auto* self = static_cast<Alarm*>(timer);
        self->rang_ = true;
        self->waits_.pending.kind = self->then_;
      }),
      waits_(*Engine::Active()->current()),
      then_(then) {
  object = lock;
  if (deadline_ns == kNever) return;
  Engine::Active()->StartTimer(this, deadline_ns, /*period_ns=*/0);
}

void Alarm::Stop() { Engine::Active()->StopTimer(this); }

bool SleepAt(const void* key, int64_t deadline_ns,
             const internal::host::Purpose* purpose) {
  EngineScope scope;
  Engine& engine = *Engine::Active();
  Goroutine& g = *engine.current();
  Sleeper self(&g, key);
  if (deadline_ns != kNever) {
    engine.StartTimer(&self, deadline_ns, /*period_ns=*/0);
    g.alarm = &self;
  }
  g.purpose = purpose;
  engine.Park(internal::WaitReason::kCondWait, key, /*commit=*/nullptr,
              /*arg=*/nullptr);
  g.purpose = nullptr;
  g.alarm = nullptr;
  return !self.timed_out;
}

int WakeAt(const void* key, bool all) {
  EngineScope scope;
  Engine& engine = *Engine::Active();
  std::vector<Goroutine*> asleep;  // In an order that does not tell who came
  engine.ForEachLive([&](Goroutine& g) {  // first.
    if (g.state == GoroutineState::kWaiting && g.wait_object == key) {
      asleep.push_back(&g);
    }
  });
  if (!all && asleep.size() > 1) {
    asleep = {asleep[engine.ChooseValue(asleep.size())]};
  }
  for (Goroutine* g : asleep) {
    if (g->alarm != nullptr) engine.StopTimer(g->alarm);
    engine.Ready(g);
  }
  return static_cast<int>(asleep.size());
}

}  // namespace rt::explorer
