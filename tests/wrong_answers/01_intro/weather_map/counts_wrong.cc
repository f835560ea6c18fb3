// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: deadlock
//
// Counts one station more than there are.

#include <cstddef>

#include "exercises/01_intro/weather_map/exercise.h"
#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  std::vector<int> temperatures(stations.size());
  rt::WaitGroup wg;
  wg.Add(static_cast<int>(stations.size()) + 1);
  for (size_t i = 0; i < stations.size(); ++i) {
    rt::Go([&stations, &temperatures, &wg, i] {
      temperatures[i] = stations[i]();
      wg.Done();
    });
  }
  wg.Wait();
  return temperatures;
}
