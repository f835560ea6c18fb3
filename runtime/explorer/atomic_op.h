// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The accesses of the code under test to a std::atomic.
//
// Each is an operation (engine.h). It happens sequentially consistently, while
// the race detector counts only the order it names; or, with
// Options::weak_memory, where the memory model lets it (memory_model.h).

#ifndef RUNTIME_EXPLORER_ATOMIC_OP_H_
#define RUNTIME_EXPLORER_ATOMIC_OP_H_

#include <cstddef>
#include <cstdint>

#include "runtime/explorer/engine.h"
#include "runtime/explorer/library_code.h"

namespace rt::explorer {

[[gnu::noinline]] inline void TrackAtomic(const volatile void* address,
                                          size_t size, bool is_write,
                                          const void* pc) {
  Access access;
  access.address = const_cast<const void*>(address);
  access.size = size;
  access.is_write = is_write;
  access.is_atomic = true;
  access.pc = pc;
  Engine::Active()->Access(access);
}

// The numbers of __ATOMIC_RELAXED and so on.
inline MemoryOrder OrderOf(int order) {
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
inline const void* ObjectOf(const volatile void* address) {
  return reinterpret_cast<const void*>(
      reinterpret_cast<uintptr_t>(const_cast<const void*>(address)) &
      ~uintptr_t{7});
}

// One atomic access of the code under test, from the point where others may
// come first to the end of the access.
class AtomicOp {
 public:
  using Use = AtomicAccess::Use;

  // `order` is also that of a compare-exchange's failure if that is seq_cst.
  AtomicOp(OpKind kind, const volatile void* address, size_t size,
           bool is_write, int order, const void* pc)
      : active_(mode == Mode::kUser), address_(address), pc_(pc) {
    if (!active_) return;
    Engine& e = *Engine::Active();
    const void* frame = __builtin_frame_address(0);
    if (e.memory_model() != nullptr && order == __ATOMIC_SEQ_CST) {
      e.OrderedOpBegin(kind, ObjectOf(address), frame);
    } else {
      e.OpBegin(kind, ObjectOf(address), nullptr, nullptr, frame);
    }
    TrackAtomic(address, size, is_write, pc);
  }
  ~AtomicOp() {
    if (active_) Engine::Active()->OpEnd();
  }
  AtomicOp(const AtomicOp&) = delete;
  AtomicOp& operator=(const AtomicOp&) = delete;

  // The value that the access finds: what memory holds, or older.
  template <typename T>
  T Find(Use use, int order, T memory, T expected = T(), int failure = 0) {
    if (!active_ || Engine::Active()->memory_model() == nullptr) return memory;
    AtomicAccess access;
    access.use = use;
    access.address = Address();
    access.size = sizeof(T);
    access.memory = memory;
    access.expected = expected;
    access.is_seq_cst = order == __ATOMIC_SEQ_CST;
    access.fails_seq_cst = failure == __ATOMIC_SEQ_CST;
    access.pc = pc_;
    return static_cast<T>(Engine::Active()->PickPlace(access));
  }

  // What came of it. Of those that write: whether memory is to hold it.
  void Load(int order, uint64_t value) {
    if (!active_) return;
    Engine& e = *Engine::Active();
    e.current()->last_load_pc = pc_;
    e.current()->last_load = Address();
    if (MemoryModel* model = e.memory_model()) {
      EngineScope scope;
      model->Read(OrderOf(order));
      if (!model->picked().is_last) return e.NoteOldRead();
    } else {
      e.races().AtomicLoad(e.current()->index, e.races().SyncClock(Address()),
                           OrderOf(order));
    }
    e.NoteRead(pc_, Address(), ObjectOf(address_), value);
  }
  bool Store(int order, AtomicValue value) {
    if (!active_) return true;
    Engine& e = *Engine::Active();
    bool is_last = true;
    if (MemoryModel* model = e.memory_model()) {
      EngineScope scope;
      is_last = model->Write(OrderOf(order), value);
    } else {
      e.races().AtomicStore(e.current()->index, e.races().SyncClock(Address()),
                            OrderOf(order));
    }
    e.NoteWrite(ObjectOf(address_));
    return is_last;
  }
  // Writing what was there (as a spinning test-and-set does) helps nobody on.
  bool Rmw(int order, AtomicValue before, AtomicValue after) {
    if (!active_) return true;
    Engine& e = *Engine::Active();
    bool is_last = true;
    if (MemoryModel* model = e.memory_model()) {
      EngineScope scope;
      is_last = model->Write(OrderOf(order), after);
    } else {
      e.races().AtomicRmw(e.current()->index, e.races().SyncClock(Address()),
                          OrderOf(order));
    }
    if (!is_last) e.NoteOldRead();
    if (before != after) {
      e.NoteWrite(ObjectOf(address_));
    } else if (is_last) {
      e.NoteRead(pc_, Address(), ObjectOf(address_),
                 static_cast<uint64_t>(before));
    }
    return is_last;
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
inline bool LooksAgain(const volatile void* address, const void* pc) {
  if (mode != Mode::kUser) return false;
  const Goroutine& g = *Engine::Active()->current();
  return g.last_load_pc == pc && g.last_load == address && InLibrarySpin();
}

// What that load has returned.
template <typename T>
T SameAgain(T memory) {
  MemoryModel* model = Engine::Active()->memory_model();
  return model == nullptr ? memory : static_cast<T>(model->picked().value);
}

template <typename T>
T LoadAtomic(const volatile T* address, int order, const void* pc) {
  if (IsWaiterCount(address, pc)) return 1;
  if (LooksAgain(address, pc)) return SameAgain(*address);
  AtomicOp op(OpKind::kAtomicLoad, address, sizeof(T), false, order, pc);
  T value = op.Find(AtomicOp::Use::kLoad, order, *address);
  op.Load(order, static_cast<uint64_t>(value));
  return value;
}

template <typename T>
void StoreAtomic(volatile T* address, T value, int order, const void* pc) {
  AtomicOp op(OpKind::kAtomicStore, address, sizeof(T), true, order, pc);
  op.Find(AtomicOp::Use::kStore, order, *address);
  if (op.Store(order, value)) *address = value;
}

template <typename T, typename F>
T UpdateAtomic(volatile T* address, int order, const void* pc, const F& f) {
  if (IsWaiterCount(address, pc)) {
    T count = *address;
    *address = f(count);
    return count;
  }
  AtomicOp op(OpKind::kAtomicRmw, address, sizeof(T), true, order, pc);
  T before = op.Find(AtomicOp::Use::kUpdate, order, *address);
  T after = f(before);
  if (op.Rmw(order, before, after)) *address = after;
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
  int strongest = failure_order == __ATOMIC_SEQ_CST ? failure_order : order;
  AtomicOp op(OpKind::kAtomicRmw, address, sizeof(T), true, strongest, pc);
  T before = op.Find(AtomicOp::Use::kCompareExchange, order, *address,
                     *expected, failure_order);
  if (before != *expected) {
    op.Load(failure_order, static_cast<uint64_t>(before));
    *expected = before;
    return false;
  }
  if (op.Rmw(order, before, desired)) *address = desired;
  return true;
}

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_ATOMIC_OP_H_
