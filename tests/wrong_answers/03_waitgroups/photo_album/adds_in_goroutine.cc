// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// Wait may come before the first Add: it then finds zero and returns.

#include <memory>

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  auto wg = std::make_shared<rt::WaitGroup>();
  for (int i = 0; i < photos; ++i) {
    rt::Go([&develop, wg, i] {
      wg->Add(1);
      develop(i);
      wg->Done();
    });
  }
  wg->Wait();
}
