// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "exercises/01_intro/weather_map/exercise.h"

#include <cstddef>

#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  std::vector<int> temperatures(stations.size());
  rt::WaitGroup wg;
  for (size_t i = 0; i < stations.size(); ++i) {
    wg.Go([&stations, &temperatures, i] { temperatures[i] = stations[i](); });
  }
  wg.Wait();
  return temperatures;
}
