// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Diagnosis: wrong

// Done says "finished", and is called when the work begins.

#include <memory>

#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "runtime/runtime.h"

void DevelopAll(int photos, const std::function<void(int)>& develop) {
  auto wg = std::make_shared<rt::WaitGroup>();
  wg->Add(photos);
  for (int i = 0; i < photos; ++i) {
    rt::Go([&develop, wg, i] {
      wg->Done();
      develop(i);
    });
  }
  wg->Wait();
}
