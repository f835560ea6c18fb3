// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Weather map: results in order. Given; edit exercise.cc.

#ifndef EXERCISES_01_INTRO_WEATHER_MAP_EXERCISE_H_
#define EXERCISES_01_INTRO_WEATHER_MAP_EXERCISE_H_

#include <functional>
#include <vector>

// Asks one weather station for its temperature: takes a while, longer for some
// stations than for others.
using Station = std::function<int()>;

// Asks all stations at the same time, each exactly once, and returns their
// temperatures in the order of `stations`. There may be any number of stations,
// also none.
std::vector<int> ReadStations(const std::vector<Station>& stations);

#endif  // EXERCISES_01_INTRO_WEATHER_MAP_EXERCISE_H_
