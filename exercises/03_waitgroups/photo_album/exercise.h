// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Photo album: fork and join. Given; edit exercise.cc.

#ifndef EXERCISES_03_WAITGROUPS_PHOTO_ALBUM_EXERCISE_H_
#define EXERCISES_03_WAITGROUPS_PHOTO_ALBUM_EXERCISE_H_

#include <functional>

// Calls develop(0), develop(1), ... develop(photos - 1), each exactly once and
// all at the same time; returns when all of these calls have returned.
//
// photos >= 0. `develop` may be called by several goroutines at once; it is
// valid until DevelopAll returns.
void DevelopAll(int photos, const std::function<void(int)>& develop);

#endif  // EXERCISES_03_WAITGROUPS_PHOTO_ALBUM_EXERCISE_H_
