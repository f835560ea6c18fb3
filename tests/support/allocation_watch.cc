// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Fails a test program, at its end, if the heap was used where no goroutine can
// be preempted (D-062): one that was may hold the heap's lock, and could not
// come to run.
//
// To be linked to the test, whose operator new this becomes; but a sanitizer
// has its own.

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>

#include "gtest/gtest.h"
#include "runtime/internal/backtrace.h"
#include "runtime/internal/frames.h"
#include "runtime/internal/m.h"
#include "runtime/internal/no_preempt.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/internal/sched.h"

#if !defined(RT_ASAN) && !defined(RT_TSAN)

namespace {

using rt::internal::Scheduler;

// The first time.
std::atomic<bool> seen{false};
void* pcs[rt::internal::kMaxFrames];
int pcs_size = 0;

bool Forbidden() {
  if (rt::internal::rt_no_preempt_count != 0) return true;
  const rt::internal::M* m = rt::internal::CurrentM();
  return m != nullptr && m->p != nullptr && rt::internal::rt_pinned != 0;
}

void Look() {
  if (!Forbidden()) return;
  // A dying program stands still.
  Scheduler* scheduler = rt::internal::ActiveScheduler();
  if (scheduler != nullptr && scheduler->world != Scheduler::World::kRunning) {
    return;
  }
  if (!seen.exchange(true)) {
    pcs_size = rt::internal::Backtrace(pcs, rt::internal::kMaxFrames);
  }
}

class Verdict : public testing::Environment {
 public:
  void TearDown() override {
    std::string frames;
    rt::internal::AppendFrames(pcs, pcs_size, rt::internal::FrameFilter::kAll,
                               &frames);
    EXPECT_FALSE(seen) << "the heap was used while nobody could be preempted\n"
                       << frames;
  }
};
[[maybe_unused]] const testing::Environment* verdict =
    testing::AddGlobalTestEnvironment(new Verdict);

void* Allocate(size_t size, size_t alignment) {
  Look();
  void* memory = nullptr;
  if (posix_memalign(&memory, alignment, size) != 0) throw std::bad_alloc();
  return memory;
}

void Free(void* memory) {
  Look();
  std::free(memory);
}

}  // namespace

void* operator new(size_t size) {
  return Allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
void* operator new(size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<size_t>(alignment));
}
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete(void* memory, size_t) noexcept { Free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { Free(memory); }
void operator delete(void* memory, size_t, std::align_val_t) noexcept {
  Free(memory);
}

#endif  // !defined(RT_ASAN) && !defined(RT_TSAN)
