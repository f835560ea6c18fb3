// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// host.h's profiles for programs that run.

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/internal/backtrace.h"
#include "runtime/internal/contention.h"
#include "runtime/internal/cpu_profile.h"
#include "runtime/internal/host.h"
#include "runtime/internal/host_seeing.h"
#include "runtime/internal/profile_file.h"
#include "runtime/internal/stack_table.h"
#include "runtime/internal/traceback.h"

namespace rt::internal {
namespace {

std::string WriteFile(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  bool good = file != nullptr;
  if (good) {
    good = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    good = std::fclose(file) == 0 && good;
  }
  return good ? "" : path + ": " + std::strerror(errno);
}

// How many goroutines are where, and why.
ProfileData Goroutines() {
  using Key = std::pair<std::string, std::vector<void*>>;
  std::map<Key, int64_t> counts;
  if (const auto* self = static_cast<Goroutine*>(host::CurrentG())) {
    ++counts[{"running", Backtrace()}];
    GoroutineDump dump = CollectGoroutines(self);
    for (const GoroutineSnapshot& g : dump.goroutines) {
      void* const* pcs = dump.pcs.data() + g.first_pc;
      ++counts[{StateText(g), {pcs, pcs + std::max(g.size, 0)}}];
    }
  }
  ProfileData data;
  data.units = {{"goroutine", "count"}};
  data.period_unit = data.units[0];
  data.period = 1;
  for (const auto& [key, count] : counts) {
    const auto& [state, pcs] = key;
    ProfileData::Sample& sample = data.samples.emplace_back();
    sample.pcs = pcs;
    sample.values = {count};
    sample.state = state;
    if (pcs.empty()) {
      sample.note = state == "runnable" ? "goroutine that has not begun yet"
                                        : "goroutine on another thread";
    }
  }
  return data;
}

ProfileData Waits(StackTable* table) {
  ProfileData data;
  data.units = {{"contentions", "count"}, {"delay", "nanoseconds"}};
  data.period_unit = data.units[0];
  data.period = 1;
  for (StackTable::Entry& entry : table->Read()) {
    ProfileData::Sample& sample = data.samples.emplace_back();
    sample.pcs = std::move(entry.pcs);
    sample.values = {std::llround(entry.count), std::llround(entry.ns)};
    if (sample.pcs.empty()) sample.note = "lost: there was no room";
  }
  return data;
}

}  // namespace

namespace host {

std::string StartCpuProfile(const std::string& path) {
  return internal::StartCpuProfile(path);
}

std::string StopCpuProfile() { return internal::StopCpuProfile(); }

std::string WriteProfile(ProfileKind kind, const std::string& path) {
  ProfileData data;
  switch (kind) {
    case ProfileKind::kGoroutine:
      data = Goroutines();
      break;
    case ProfileKind::kBlock:
      data = Waits(&block_profile);
      break;
    case ProfileKind::kMutex:
      data = Waits(&mutex_profile);
      break;
  }
  data.unix_ns = StartUnixNs() + NowNs();
  return WriteFile(path, EncodeProfile(data));
}

void SetBlockProfileRate(int64_t ns) {
  block_profile_rate.store(std::max<int64_t>(ns, 0), std::memory_order_relaxed);
}

int SetMutexProfileFraction(int fraction) {
  int64_t before = fraction < 0
                       ? mutex_profile_fraction.load(std::memory_order_relaxed)
                       : mutex_profile_fraction.exchange(
                             fraction, std::memory_order_relaxed);
  return static_cast<int>(before);
}

}  // namespace host
}  // namespace rt::internal
