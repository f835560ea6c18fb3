// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: serial
//
// In order, because nothing overlaps.

#include "exercises/01_intro/weather_map/exercise.h"
#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  std::vector<int> temperatures;
  for (const Station& read : stations) {
    auto reading = rt::MakeChan<int>();
    rt::Go([reading, &read] { reading.Send(read()); });
    temperatures.push_back(*reading.Recv());
  }
  return temperatures;
}
