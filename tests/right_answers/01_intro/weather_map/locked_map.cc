// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A shared map from station to temperature, guarded by a lock.

#include <cstddef>
#include <map>
#include <mutex>

#include "exercises/01_intro/weather_map/exercise.h"
#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  std::map<size_t, int> by_station;
  rt::Mutex mu;
  rt::WaitGroup wg;
  for (size_t i = 0; i < stations.size(); ++i) {
    wg.Go([&, i] {
      const int reading = stations[i]();
      std::scoped_lock lock(mu);
      by_station[i] = reading;
    });
  }
  wg.Wait();
  std::vector<int> temperatures;
  for (const auto& [station, reading] : by_station) {
    temperatures.push_back(reading);
  }
  return temperatures;
}
