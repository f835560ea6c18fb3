// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Pool<T>: objects that are used again instead of being made anew, as Go's
// sync.Pool.
//
//   rt::Pool<Buffer> buffers([] { return std::make_unique<Buffer>(); });
//   std::unique_ptr<Buffer> buffer = buffers.Get();
//   buffer->Clear();                       // It is as its last user left it.
//   ...
//   buffers.Put(std::move(buffer));
//
// For objects that are costly to make and all alike. It is a cache, no store:
// Get may make a new object although others have been put, since those lie with
// the processor on which they were put, and since the pool forgets.
//
// It forgets by rounds. What is not taken out again in the round in which it
// was put, nor in the next one, is destroyed. A round ends
//   * when somebody calls EndRound, or
//   * after a second, if the pool is in use: it is noticed by one of 64 calls
//     that find the slot of their processor empty (Get) or taken (Put).
// An object in such a slot, one for each processor, is destroyed when that
// processor next uses the pool; it is not handed out.
//
// Threads:   every method from any goroutine or plain thread at once; New may
//            be called by several at once.
// Blocks:    never, unless New does.
// Ordering:  a Put happens before the Get that returns its object.
// Lifetime:  the pool destroys what is in it. Who does not put an object back
//            just keeps it. Not copyable. Destroy it when every call has
//            returned.

#ifndef RUNTIME_POOL_H_
#define RUNTIME_POOL_H_

#include <functional>
#include <memory>
#include <utility>

#include "runtime/internal/pool_core.h"

namespace rt {

template <typename T>
class Pool {
 public:
  using New = std::function<std::unique_ptr<T>()>;

  // `make` makes an object when there is none; without it Get returns null.
  explicit Pool(New make = nullptr) : make_(std::move(make)) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Get: an object that was put, or a new one.
  [[nodiscard]] std::unique_ptr<T> Get() {
    if (void* object = core_.Take()) {
      return std::unique_ptr<T>(static_cast<T*>(object));
    }
    return make_ != nullptr ? make_() : nullptr;
  }

  // Put: hands the object over to the next Get. Null is ignored.
  void Put(std::unique_ptr<T> object) {
    if (object != nullptr) core_.Give(object.release());
  }

  // EndRound: forgets what was put before the last call of EndRound. Go's pools
  // do this at each garbage collection.
  void EndRound() { core_.EndRound(); }

 private:
  internal::PoolCore core_{
      [](void* object) { delete static_cast<T*>(object); }};
  const New make_;
};

}  // namespace rt

#endif  // RUNTIME_POOL_H_
