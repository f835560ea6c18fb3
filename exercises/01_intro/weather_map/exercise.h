// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Given: do not edit. Your work goes into exercise.cc.

#ifndef EXERCISES_01_INTRO_WEATHER_MAP_EXERCISE_H_
#define EXERCISES_01_INTRO_WEATHER_MAP_EXERCISE_H_

#include <functional>
#include <vector>

namespace weather_map {

// Asks one weather station for its temperature: takes a while, longer for some
// stations than for others.
using Station = std::function<int()>;

// Asks all stations at the same time, each exactly once, and returns their
// temperatures in the order of `stations`. There may be any number of stations,
// also none.
std::vector<int> ReadStations(const std::vector<Station>& stations);

}  // namespace weather_map

#endif  // EXERCISES_01_INTRO_WEATHER_MAP_EXERCISE_H_
