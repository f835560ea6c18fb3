// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race
//
// Everybody writes the right place, and nobody waits for them: an hour is a
// time, not a join.

#include <cstddef>

#include "absl/time/time.h"
#include "exercises/01_intro/weather_map/exercise.h"
#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  std::vector<int> temperatures(stations.size());
  for (size_t i = 0; i < stations.size(); ++i) {
    rt::Go([&stations, &temperatures, i] { temperatures[i] = stations[i](); });
  }
  rt::Sleep(absl::Hours(1));
  return temperatures;
}
