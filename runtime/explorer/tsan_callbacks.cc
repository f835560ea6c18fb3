// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What -fsanitize=thread makes the compiler call, answered by the explorer.
//
// The code under test is compiled with that option and not linked with
// ThreadSanitizer's own library; the Linux kernel's KCSAN does the same. GCC
// and Clang call the same functions, with few exceptions noted below. The
// interface is that of compiler-rt/lib/tsan/rtl/tsan_interface.h and
// tsan_interface_atomic.h (LLVM).
//
// An atomic access is an operation (engine.h); it happens sequentially
// consistently, while the race detector counts only the order it names.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "runtime/explorer/engine.h"
#include "runtime/explorer/library_code.h"

namespace rt::explorer {
namespace {

[[gnu::noinline]] void TrackAtomic(const volatile void* address, size_t size,
                                   bool is_write, const void* pc) {
  Access access;
  access.address = const_cast<const void*>(address);
  access.size = size;
  access.is_write = is_write;
  access.is_atomic = true;
  access.pc = pc;
  Engine::Active()->Access(access);
}

void TrackRange(const void* address, size_t size, bool is_write,
                const void* pc) {
  if (mode != Mode::kUser || size == 0) return;
  Engine::Active()->PlainAccess(address, size, is_write, pc);
}

void TrackCopy(const void* to, const void* from, size_t size, const void* pc) {
  TrackRange(from, size, false, pc);
  TrackRange(to, size, true, pc);
}

// The numbers of __ATOMIC_RELAXED and so on.
MemoryOrder OrderOf(int order) {
  switch (order) {
    case __ATOMIC_RELAXED:
      return MemoryOrder::kRelaxed;
    case __ATOMIC_CONSUME:
    case __ATOMIC_ACQUIRE:
      return MemoryOrder::kAcquire;
    case __ATOMIC_RELEASE:
      return MemoryOrder::kRelease;
    default:
      return MemoryOrder::kAcqRel;
  }
}

// Two atomics in one word of eight bytes, or one accessed in two sizes, are one
// object for the order of operations.
const void* ObjectOf(const volatile void* address) {
  return reinterpret_cast<const void*>(
      reinterpret_cast<uintptr_t>(const_cast<const void*>(address)) &
      ~uintptr_t{7});
}

template <typename T>
uint64_t ValueForSpin(T value) {
  return static_cast<uint64_t>(value);
}

// One atomic access of the code under test, from the point where others may
// come first to the end of the access.
class AtomicOp {
 public:
  AtomicOp(OpKind kind, const volatile void* address, size_t size,
           bool is_write, const void* pc)
      : active_(mode == Mode::kUser), address_(address), pc_(pc) {
    if (!active_) return;
    Engine::Active()->OpBegin(kind, ObjectOf(address), nullptr, nullptr,
                              __builtin_frame_address(0));
    TrackAtomic(address, size, is_write, pc);
  }
  ~AtomicOp() {
    if (active_) Engine::Active()->OpEnd();
  }
  AtomicOp(const AtomicOp&) = delete;
  AtomicOp& operator=(const AtomicOp&) = delete;

  void Load(int order, uint64_t value) {
    if (!active_) return;
    Engine& e = *Engine::Active();
    e.races().AtomicLoad(e.current()->index, Address(), OrderOf(order));
    e.NoteRead(pc_, Address(), ObjectOf(address_), value);
    e.current()->last_load_pc = pc_;
    e.current()->last_load = Address();
  }
  void Store(int order) {
    if (!active_) return;
    Engine& e = *Engine::Active();
    e.races().AtomicStore(e.current()->index, Address(), OrderOf(order));
    e.NoteWrite(ObjectOf(address_));
  }
  // `changed`: the value after is another than `before`. Writing what was there
  // (as a spinning test-and-set does) helps nobody on.
  void Rmw(int order, uint64_t before, bool changed) {
    if (!active_) return;
    Engine& e = *Engine::Active();
    e.races().AtomicRmw(e.current()->index, Address(), OrderOf(order));
    if (changed) {
      e.NoteWrite(ObjectOf(address_));
    } else {
      e.NoteRead(pc_, Address(), ObjectOf(address_), before);
    }
  }

 private:
  const void* Address() const { return const_cast<const void*>(address_); }

  const bool active_;
  const volatile void* const address_;
  const void* const pc_;
};

// Whether the access is the library's count of those that wait at atomics
// (library_code.h), each of which has a cache line.
template <typename T>
bool IsWaiterCount(const volatile T* address, const void* pc) {
  return sizeof(T) == 4 && reinterpret_cast<uintptr_t>(address) % 64 == 0 &&
         mode == Mode::kUser && LibraryCodeAt(pc) == LibraryCode::kWaiterCount;
}

// Whether the same goroutine has just done the same load, and only looks again
// before it falls asleep.
bool LooksAgain(const volatile void* address, const void* pc) {
  if (mode != Mode::kUser) return false;
  const Goroutine& g = *Engine::Active()->current();
  return g.last_load_pc == pc && g.last_load == address && InLibrarySpin();
}

template <typename T>
T LoadAtomic(const volatile T* address, int order, const void* pc) {
  if (IsWaiterCount(address, pc)) return 1;
  if (LooksAgain(address, pc)) return *address;
  AtomicOp op(OpKind::kAtomicLoad, address, sizeof(T), false, pc);
  T value = *address;
  op.Load(order, ValueForSpin(value));
  return value;
}

template <typename T>
void StoreAtomic(volatile T* address, T value, int order, const void* pc) {
  AtomicOp op(OpKind::kAtomicStore, address, sizeof(T), true, pc);
  *address = value;
  op.Store(order);
}

template <typename T, typename F>
T UpdateAtomic(volatile T* address, int order, const void* pc, const F& f) {
  if (IsWaiterCount(address, pc)) {
    T count = *address;
    *address = f(count);
    return count;
  }
  AtomicOp op(OpKind::kAtomicRmw, address, sizeof(T), true, pc);
  T before = *address;
  T after = f(before);
  *address = after;
  op.Rmw(order, ValueForSpin(before), before != after);
  return before;
}

// See library_code.h. False: do it as any other update.
template <typename T>
bool CountReference(volatile T* address, T delta, int order, const void* pc,
                    T* before) {
  // Cheap tests first: the library names this order, people rarely do.
  if (sizeof(T) != 4 || order != __ATOMIC_ACQ_REL || mode != Mode::kUser) {
    return false;
  }
  if (LibraryCodeAt(pc) != LibraryCode::kReferenceCount) return false;
  EngineScope scope;
  TrackAtomic(address, sizeof(T), true, pc);
  *before = *address;
  T after = static_cast<T>(*before + delta);
  *address = after;
  Engine& e = *Engine::Active();
  const void* sync =
      const_cast<const void*>(static_cast<const volatile void*>(address));
  e.races().Release(e.current()->index, sync);
  if (after == 0) e.races().Acquire(e.current()->index, sync);
  return true;
}

template <typename T>
bool CompareExchange(volatile T* address, T* expected, T desired, int order,
                     int failure_order, const void* pc) {
  AtomicOp op(OpKind::kAtomicRmw, address, sizeof(T), true, pc);
  T before = *address;
  if (before != *expected) {
    op.Load(failure_order, ValueForSpin(before));
    *expected = before;
    return false;
  }
  *address = desired;
  op.Rmw(order, ValueForSpin(before), before != desired);
  return true;
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
void __tsan_func_exit() {}
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
  rt::explorer::EngineScope scope;
  rt::explorer::Engine& e = *rt::explorer::Engine::Active();
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
