// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race
//
// Several goroutines grow one vector.

#include "exercises/01_intro/weather_map/exercise.h"
#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  std::vector<int> temperatures;
  temperatures.reserve(stations.size());
  rt::WaitGroup wg;
  for (const Station& read : stations) {
    wg.Go([&temperatures, &read] { temperatures.push_back(read()); });
  }
  wg.Wait();
  return temperatures;
}
