// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Telling ThreadSanitizer and AddressSanitizer which stack runs.
//
// A goroutine is a fiber to both. Each switch is announced before it happens;
// AddressSanitizer also wants to hear, on the new stack, that it has. Without a
// sanitizer all of this is nothing.
//
// ThreadSanitizer is told that a switch orders what came before it with what
// comes after: goroutines that share a thread look ordered to it. It checks the
// runtime; data races of lessons are the explorer's business (D-009).

#ifndef RUNTIME_INTERNAL_SANITIZER_H_
#define RUNTIME_INTERNAL_SANITIZER_H_

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define RT_TSAN 1
#endif
#if __has_feature(address_sanitizer)
#define RT_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define RT_TSAN 1
#endif
#if defined(__SANITIZE_ADDRESS__)
#define RT_ASAN 1
#endif

#if defined(RT_TSAN)
#include <sanitizer/tsan_interface.h>
#endif
#if defined(RT_ASAN)
#include <pthread.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif

// For a function that looks at what other threads write without order, on
// purpose, and copes with whatever it sees.
#define RT_NO_TSAN __attribute__((no_sanitize("thread")))

namespace rt::internal {

#if defined(RT_TSAN)
inline constexpr bool kTsan = true;
#else
inline constexpr bool kTsan = false;
#endif
#if defined(RT_ASAN)
inline constexpr bool kAsan = true;
#else
inline constexpr bool kAsan = false;
#endif

#if defined(RT_ASAN)
inline void* ThreadStack(size_t* size) {
  pthread_attr_t attributes;
  pthread_getattr_np(pthread_self(), &attributes);
  void* low = nullptr;
  pthread_attr_getstack(&attributes, &low, size);
  pthread_attr_destroy(&attributes);
  return low;
}
#endif

// What the sanitizers know one stack by.
class Fiber {
 public:
  // The stack of the calling thread.
  void AdoptThread() {
#if defined(RT_TSAN)
    tsan_ = __tsan_get_current_fiber();
#endif
#if defined(RT_ASAN)
    low_ = ThreadStack(&size_);
#endif
  }

  // A goroutine's stack, fresh or used again.
  void Create([[maybe_unused]] void* low, [[maybe_unused]] size_t size) {
#if defined(RT_TSAN)
    tsan_ = __tsan_create_fiber(0);
#endif
#if defined(RT_ASAN)
    low_ = low;
    size_ = size;
    fake_ = nullptr;
#endif
  }

  // Its goroutine is dead and has been switched away from.
  void Destroy() {
#if defined(RT_TSAN)
    __tsan_destroy_fiber(tsan_);
    tsan_ = nullptr;
#endif
#if defined(RT_ASAN)
    // The entry function never returned, so it never unpoisoned its frame.
    __asan_unpoison_memory_region(low_, size_);
#endif
  }

  // About to switch from this stack to `to`; never to come back if `dying`.
  void BeforeSwitch([[maybe_unused]] const Fiber& to,
                    [[maybe_unused]] bool dying = false) {
#if defined(RT_TSAN)
    __tsan_switch_to_fiber(to.tsan_, 0);
#endif
#if defined(RT_ASAN)
    __sanitizer_start_switch_fiber(dying ? nullptr : &fake_, to.low_, to.size_);
#endif
  }

  // This stack runs again, or for the first time.
  void AfterSwitch() {
#if defined(RT_ASAN)
    __sanitizer_finish_switch_fiber(fake_, nullptr, nullptr);
#endif
  }

 private:
#if defined(RT_TSAN)
  void* tsan_ = nullptr;
#endif
#if defined(RT_ASAN)
  const void* low_ = nullptr;
  size_t size_ = 0;
  void* fake_ = nullptr;
#endif
};

// The calling stack is about to be left frame by frame, without an exception:
// what is poisoned on it would stay so.
inline void BeforeUnwinding() {
#if defined(RT_ASAN)
  __asan_handle_no_return();
#endif
}

// An order that the kernel makes, and ThreadSanitizer does not see: what came
// before KernelRelease(sync) comes before what follows KernelAcquire(sync).
inline void KernelRelease([[maybe_unused]] void* sync) {
#if defined(RT_TSAN)
  __tsan_release(sync);
#endif
}
inline void KernelAcquire([[maybe_unused]] void* sync) {
#if defined(RT_TSAN)
  __tsan_acquire(sync);
#endif
}

// Memory that may hold the only pointers to live objects: abandoned stacks.
inline void KeepReachable([[maybe_unused]] const void* low,
                          [[maybe_unused]] size_t size) {
#if defined(RT_ASAN)
  __lsan_register_root_region(low, size);
#endif
}

// An object that is given up with whatever it holds: no leak.
inline void MayLeak([[maybe_unused]] const void* object) {
#if defined(RT_ASAN)
  __lsan_ignore_object(object);
#endif
}

// While one exists, the calling thread's own stack may hold the only pointers
// to live objects, also while a goroutine runs on it: then LeakSanitizer takes
// the goroutine's stack for the thread's.
class ReachableThreadStack {
 public:
#if defined(RT_ASAN)
  ReachableThreadStack() : low_(ThreadStack(&size_)) {
    __lsan_register_root_region(low_, size_);
  }
  ~ReachableThreadStack() { __lsan_unregister_root_region(low_, size_); }
#else
  ReachableThreadStack() {}
#endif
  ReachableThreadStack(const ReachableThreadStack&) = delete;
  ReachableThreadStack& operator=(const ReachableThreadStack&) = delete;

#if defined(RT_ASAN)
 private:
  size_t size_ = 0;  // Before low_, whose making sets it.
  void* low_;
#endif
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SANITIZER_H_
