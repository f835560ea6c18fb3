// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: race
//
// Says "done" first and writes the reading afterwards.

#include <cstddef>
#include <memory>

#include "exercises/01_intro/weather_map/exercise.h"
#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  auto temperatures = std::make_shared<std::vector<int>>(stations.size());
  auto wg = std::make_shared<rt::WaitGroup>();
  wg->Add(static_cast<int>(stations.size()));
  for (size_t i = 0; i < stations.size(); ++i) {
    rt::Go([read = stations[i], temperatures, wg, i] {
      const int reading = read();
      wg->Done();
      (*temperatures)[i] = reading;
    });
  }
  wg->Wait();
  return *temperatures;
}
