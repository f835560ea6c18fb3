// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race
//
// Captures the loop's own variable: by the time a goroutine looks at `i`, the
// loop has moved on.

#include <cstddef>

#include "exercises/01_intro/weather_map/exercise.h"
#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  std::vector<int> temperatures(stations.size() + 1);
  rt::WaitGroup wg;
  size_t i = 0;
  while (i < stations.size()) {
    wg.Go([&] {
      if (i < stations.size()) temperatures[i] = stations[i]();
    });
    ++i;
  }
  wg.Wait();
  temperatures.pop_back();
  return temperatures;
}
