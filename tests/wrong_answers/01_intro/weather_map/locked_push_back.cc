// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong
//
// The lock cures the data race and leaves the order to chance.

#include "exercises/01_intro/weather_map/exercise.h"
#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  std::vector<int> temperatures;
  rt::Mutex mu;
  rt::WaitGroup wg;
  for (const Station& read : stations) {
    wg.Go([&temperatures, &mu, &read] {
      const int reading = read();
      mu.Lock();
      temperatures.push_back(reading);
      mu.Unlock();
    });
  }
  wg.Wait();
  return temperatures;
}
