// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong
//
// The first server is not always the quickest.

#include "exercises/01_intro/first_answer/exercise.h"

int FirstAnswer(const std::vector<Server>& servers) { return servers[0](); }
