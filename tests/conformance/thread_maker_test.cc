// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Threads are started while a goroutine that was preempted holds the locks that
// it takes to start one (D-091).

#include <dlfcn.h>

#include <atomic>
#include <cstdint>

#include "gtest/gtest.h"
#include "runtime/internal/sanitizer.h"
#include "runtime/internal/sched.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using internal::ActiveScheduler;
using internal::Scheduler;

class ThreadMakerTest : public testing::RuntimeTest {
 protected:
  void SetUp() override {
    if (internal::kTsan) {
      GTEST_SKIP() << "ThreadSanitizer keeps a signal back until the library "
                      "is loaded";
    }
  }
};
RT_INSTANTIATE(ThreadMakerTest);

void Load() {
  void* library =
      dlopen("tests/conformance/slow_to_load.so", RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  auto* answer = reinterpret_cast<int (**)()>(dlsym(library, "answer"));
  ASSERT_NE(answer, nullptr) << dlerror();
  EXPECT_EQ((*answer)(), 42);
  EXPECT_EQ(dlclose(library), 0);
}

// Each of the others takes a P for a slice, and then the next one needs a
// thread, until the library is loaded. Without a thread that makes them, this
// never ends.
TEST_P(ThreadMakerTest, GoesOnWhileALibraryIsLoaded) {
  Main([] {
    Scheduler* scheduler = ActiveScheduler();
    std::atomic<bool> loaded{false};
    WaitGroup wg;
    for (int i = 0; i < 3 * GOMAXPROCS(0); ++i) {
      wg.Go([&] {
        while (!loaded) {
        }
      });
    }
    // For the first that is stopped now: none can be made.
    while (!scheduler->HaveSpareM()) {
    }
    int64_t before = scheduler->preemptions;
    // On a busy machine nobody may have had a whole slice during the first.
    do {
      Load();
    } while (scheduler->preemptions == before);
    loaded = true;
    wg.Wait();
  });
}

}  // namespace
}  // namespace rt
