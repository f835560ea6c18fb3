// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A channel for each station, received in the order of the stations: whoever is
// early waits.

#include "exercises/01_intro/weather_map/exercise.h"
#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  std::vector<rt::Chan<int>> readings;
  for (const Station& read : stations) {
    readings.push_back(rt::MakeChan<int>());
    rt::Go([reading = readings.back(), &read] { reading.Send(read()); });
  }
  std::vector<int> temperatures;
  for (const rt::Chan<int>& reading : readings) {
    temperatures.push_back(*reading.Recv());
  }
  return temperatures;
}
