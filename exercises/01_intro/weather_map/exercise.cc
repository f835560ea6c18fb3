// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "exercises/01_intro/weather_map/exercise.h"

#include <cstddef>

#include "runtime/runtime.h"

std::vector<int> ReadStations(const std::vector<Station>& stations) {
  auto readings = rt::MakeChan<int>();
  for (const Station& read : stations) {
    rt::Go([readings, &read] {
      const int temperature = read();
      readings.Send(temperature);
    });
  }
  // TODO(you): the readings come in as they are ready, the quickest station
  // first. Put each in its station's place.
  std::vector<int> temperatures;
  for (size_t i = 0; i < stations.size(); ++i) {
    temperatures.push_back(*readings.Recv());
  }
  return temperatures;
}
