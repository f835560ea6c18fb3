// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/fence.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/internal/check.h"

namespace rt::internal {
namespace {

bool Membarrier(int command) {
  return syscall(SYS_membarrier, command, 0, 0) == 0;
}

}  // namespace

bool light_fence_is_free =
    Membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);

void HeavyFence() {
  if (!light_fence_is_free) {
    FullFence();
    return;
  }
  RT_CHECK(Membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED),
           "membarrier(2) no longer works");
}

}  // namespace rt::internal
