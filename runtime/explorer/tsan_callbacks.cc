// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What -fsanitize=thread makes the compiler call, answered by the explorer.
//
// The code under test is compiled with that option and not linked with
// ThreadSanitizer's own library; the Linux kernel's KCSAN does the same. GCC
// and Clang call the same functions, with few exceptions noted below. The
// interface is that of compiler-rt/lib/tsan/rtl/tsan_interface.h and
// tsan_interface_atomic.h (LLVM).

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "runtime/explorer/atomic_op.h"
#include "runtime/explorer/engine.h"

namespace rt::explorer {
namespace {

void TrackRange(const void* address, size_t size, bool is_write,
                const void* pc) {
  if (mode != Mode::kUser || size == 0) return;
  Engine::Active()->PlainAccess(address, size, is_write, pc);
}

void TrackCopy(const void* to, const void* from, size_t size, const void* pc) {
  TrackRange(from, size, false, pc);
  TrackRange(to, size, true, pc);
}

}  // namespace

}  // namespace rt::explorer

using rt::explorer::Engine;
using rt::explorer::Mode;
using rt::explorer::mode;
using rt::explorer::TrackCopy;
using rt::explorer::TrackRange;

#define RT_PC __builtin_return_address(0)
#define RT_ACCESS(NAME, SIZE, IS_WRITE)                            \
  void __tsan_##NAME(void* address) {                              \
    if (mode != Mode::kUser) return;                               \
    Engine::Active()->PlainAccess(address, SIZE, IS_WRITE, RT_PC); \
  }
// An access of any alignment and a volatile one are accesses like any other.
#define RT_ACCESSES(SIZE)                               \
  RT_ACCESS(read##SIZE, SIZE, false)                    \
  RT_ACCESS(write##SIZE, SIZE, true)                    \
  RT_ACCESS(unaligned_read##SIZE, SIZE, false)          \
  RT_ACCESS(unaligned_write##SIZE, SIZE, true)          \
  RT_ACCESS(volatile_read##SIZE, SIZE, false)           \
  RT_ACCESS(volatile_write##SIZE, SIZE, true)           \
  RT_ACCESS(unaligned_volatile_read##SIZE, SIZE, false) \
  RT_ACCESS(unaligned_volatile_write##SIZE, SIZE, true) \
  RT_ACCESS(read_write##SIZE, SIZE, true)               \
  RT_ACCESS(unaligned_read_write##SIZE, SIZE, true)

#define RT_ATOMICS(BITS, TYPE)                                                \
  TYPE __tsan_atomic##BITS##_load(const volatile TYPE* a, int order) {        \
    return rt::explorer::LoadAtomic(a, order, RT_PC);                         \
  }                                                                           \
  void __tsan_atomic##BITS##_store(volatile TYPE* a, TYPE v, int order) {     \
    rt::explorer::StoreAtomic(a, v, order, RT_PC);                            \
  }                                                                           \
  RT_UPDATE(BITS, TYPE, exchange, v)                                          \
  TYPE __tsan_atomic##BITS##_fetch_add(volatile TYPE* a, TYPE v, int order) { \
    TYPE before;                                                              \
    if (rt::explorer::CountReference(a, v, order, RT_PC, &before)) {          \
      return before;                                                          \
    }                                                                         \
    return rt::explorer::UpdateAtomic(                                        \
        a, order, RT_PC, [v](TYPE x) { return static_cast<TYPE>(x + v); });   \
  }                                                                           \
  RT_UPDATE(BITS, TYPE, fetch_sub, static_cast<TYPE>(x - v))                  \
  RT_UPDATE(BITS, TYPE, fetch_and, static_cast<TYPE>(x & v))                  \
  RT_UPDATE(BITS, TYPE, fetch_or, static_cast<TYPE>(x | v))                   \
  RT_UPDATE(BITS, TYPE, fetch_xor, static_cast<TYPE>(x ^ v))                  \
  RT_UPDATE(BITS, TYPE, fetch_nand, static_cast<TYPE>(~(x & v)))              \
  int __tsan_atomic##BITS##_compare_exchange_strong(                          \
      volatile TYPE* a, TYPE* expected, TYPE v, int order, int fail_order) {  \
    return rt::explorer::CompareExchange(a, expected, v, order, fail_order,   \
                                         RT_PC);                              \
  }                                                                           \
  int __tsan_atomic##BITS##_compare_exchange_weak(                            \
      volatile TYPE* a, TYPE* expected, TYPE v, int order, int fail_order) {  \
    return rt::explorer::CompareExchange(a, expected, v, order, fail_order,   \
                                         RT_PC);                              \
  }                                                                           \
  TYPE __tsan_atomic##BITS##_compare_exchange_val(                            \
      volatile TYPE* a, TYPE expected, TYPE v, int order, int fail_order) {   \
    rt::explorer::CompareExchange(a, &expected, v, order, fail_order, RT_PC); \
    return expected;                                                          \
  }
#define RT_UPDATE(BITS, TYPE, NAME, VALUE)                                 \
  TYPE __tsan_atomic##BITS##_##NAME(volatile TYPE* a, TYPE v, int order) { \
    return rt::explorer::UpdateAtomic(                                     \
        a, order, RT_PC, [v]([[maybe_unused]] TYPE x) { return VALUE; });  \
  }

__extension__ typedef unsigned __int128 RtUint128;

extern "C" {

void __tsan_init() {}

void __tsan_func_entry(void*) {}

// What has a name in the function's frame is gone with it. The frame ends where
// the caller's pointer to it says; without one, it is taken for larger.
void __tsan_func_exit() {
  if (!rt::explorer::GivenNames::any || mode != Mode::kUser) return;
  auto* here = static_cast<uintptr_t*>(__builtin_frame_address(0));
  Engine::Active()->ForgetFrame(reinterpret_cast<uintptr_t>(here), *here);
}
void __tsan_ignore_thread_begin() {}
void __tsan_ignore_thread_end() {}

RT_ACCESSES(1)
RT_ACCESSES(2)
RT_ACCESSES(4)
RT_ACCESSES(8)
RT_ACCESSES(16)

void __tsan_read_range(void* address, size_t size) {
  TrackRange(address, size, false, RT_PC);
}

void __tsan_write_range(void* address, size_t size) {
  TrackRange(address, size, true, RT_PC);
}

// Storing the pointer that is there already, as a base class's destructor does,
// changes nothing for whoever reads it.
void __tsan_vptr_update(void** address, void* value) {
  if (mode != Mode::kUser || *address == value) return;
  Engine::Active()->PlainAccess(address, sizeof(void*), true, RT_PC);
}

void __tsan_vptr_read(void** address) {
  if (mode != Mode::kUser) return;
  Engine::Active()->PlainAccess(address, sizeof(void*), false, RT_PC);
}

RT_ATOMICS(8, uint8_t)
RT_ATOMICS(16, uint16_t)
RT_ATOMICS(32, uint32_t)
RT_ATOMICS(64, uint64_t)
RT_ATOMICS(128, RtUint128)

void __tsan_atomic_thread_fence(int order) {
  if (mode != Mode::kUser) return;
  rt::explorer::Engine& e = *rt::explorer::Engine::Active();
  if (e.memory_model() != nullptr && order == __ATOMIC_SEQ_CST) {
    return e.OrderedFence(__builtin_frame_address(0));
  }
  rt::explorer::EngineScope scope;
  e.races().Fence(e.current()->index, rt::explorer::OrderOf(order));
}

void __tsan_atomic_signal_fence(int) {}

// Copies and comparisons. GCC and the older Clangs call the C library's
// functions, which the linker turns into calls of the __wrap ones (BUILD);
// newer Clangs call the __tsan ones, which are the same.
void* __real_memcpy(void* to, const void* from, size_t size);
void* __real_memmove(void* to, const void* from, size_t size);
void* __real_memset(void* to, int value, size_t size);
int __real_memcmp(const void* a, const void* b, size_t size);
int __real_bcmp(const void* a, const void* b, size_t size);

void* __wrap_memcpy(void* to, const void* from, size_t size) {
  TrackCopy(to, from, size, RT_PC);
  return __real_memcpy(to, from, size);
}

void* __wrap_memmove(void* to, const void* from, size_t size) {
  TrackCopy(to, from, size, RT_PC);
  return __real_memmove(to, from, size);
}

void* __wrap_memset(void* to, int value, size_t size) {
  TrackRange(to, size, true, RT_PC);
  return __real_memset(to, value, size);
}

int __wrap_memcmp(const void* a, const void* b, size_t size) {
  TrackRange(a, size, false, RT_PC);
  TrackRange(b, size, false, RT_PC);
  return __real_memcmp(a, b, size);
}

// Clang's choice where only equality is asked for.
int __wrap_bcmp(const void* a, const void* b, size_t size) {
  TrackRange(a, size, false, RT_PC);
  TrackRange(b, size, false, RT_PC);
  return __real_bcmp(a, b, size);
}

void* __tsan_memcpy(void* to, const void* from, size_t size)
    __attribute__((alias("__wrap_memcpy")));
void* __tsan_memmove(void* to, const void* from, size_t size)
    __attribute__((alias("__wrap_memmove")));
void* __tsan_memset(void* to, int value, size_t size)
    __attribute__((alias("__wrap_memset")));

}  // extern "C"
