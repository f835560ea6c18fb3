// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Once: something that is done by whoever comes first, as Go's sync.Once, and
// OnceFunc, OnceValue, OnceValues: functions that run once.
//
//   rt::Once once;
//   once.Do([&] { table = LoadTable(); });          // from many goroutines
//
//   auto table = rt::OnceValue([] { return LoadTable(); });
//   table().Find(name);                             // loaded at the first call
//
// Threads:   all from any goroutine at once; from a plain thread if it need not
//            wait for somebody else's call.
// Blocks:    Do, the goroutine only, while another's function is running: when
//            a Do returns, the function has returned.
// Ordering:  the function's return happens before the return of every Do.
// Failure:   Do counts as done also if its function panics; the panic goes to
//            the first caller, others find it done. A function that calls Do on
//            its own Once waits for itself: a deadlock.
// Cost:      when it is done, Do is one load and a branch.
// Lifetime:  a Once may be destroyed as soon as a Do has returned and nobody
//            will call it any more; the Do that did it need not have returned.
//            Not copyable: a copy would do it again.

#ifndef RUNTIME_ONCE_H_
#define RUNTIME_ONCE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/internal/host.h"
#include "runtime/internal/lock_owner.h"
#include "runtime/panic.h"

namespace rt {

class Once {
 public:
  constexpr Once() = default;
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;

  // Do: calls f if no Do of this Once has been called before.
  template <typename F>
  void Do(F&& f) {
    if (!Begin()) return;
    struct Finish {
      Once* once;
      ~Finish() { once->End(); }
    } finish{this};
    std::invoke(std::forward<F>(f));
  }

 private:
  enum State : uint32_t { kNew, kRunning, kAwaited, kDone };

  // True if the caller has to do it, and then to call End.
  bool Begin() {
    using internal::host::OpKind;
    internal::host::Op op(OpKind::kOnceDo, this, [this] {
      uint32_t state = state_.load(std::memory_order_relaxed);
      return state == kNew || state == kDone;
    });
    // Acquire: pairs with the release in End.
    if (__builtin_expect(state_.load(std::memory_order_acquire) != kDone, 0) &&
        BeginSlow()) {
      return true;
    }
    internal::host::Acquire(this);
    return false;
  }
  bool BeginSlow();
  void End();

  // kRunning: some Do is calling its function. kAwaited: and others wait.
  std::atomic<uint32_t> state_{kNew};
  internal::LockOwner owner_;  // Who calls its function.
};

namespace internal {

// What the copies of a function that runs once share.
template <typename F, typename Result>
struct OnceCall {
  explicit OnceCall(F function) : f(std::move(function)) {}

  // Runs f the first time, and again throws what it threw.
  void Call() {
    once.Do([this] {
      F function = *std::move(f);  // What it holds is destroyed when it ran.
      f.reset();
      try {
        if constexpr (std::is_void_v<Result>) {
          std::invoke(std::move(function));
          result = true;
        } else {
          result.emplace(std::invoke(std::move(function)));
        }
      } catch (...) {
        error = SharedError::Current();
        throw;
      }
    });
    if (error) error.Throw();
    if (!result.has_value()) {
      throw Panic("the function of a OnceFunc or OnceValue did not return");
    }
  }

  Once once;
  std::optional<F> f;
  SharedError error;
  std::optional<std::conditional_t<std::is_void_v<Result>, bool, Result>>
      result;
};

}  // namespace internal

// OnceFunc(f): a function that calls f at its first call and does nothing at
// the others. Copies of it count as one. What f throws, every call throws; if f
// ended its goroutine (Goexit), every later call panics.
template <typename F>
[[nodiscard]] auto OnceFunc(F f) {
  using Call = internal::OnceCall<F, void>;
  return [call = std::make_shared<Call>(std::move(f))] { call->Call(); };
}

// OnceValue(f): the same, and every call returns a copy of what f returned.
template <typename F>
[[nodiscard]] auto OnceValue(F f) {
  using Result = std::decay_t<std::invoke_result_t<F>>;
  static_assert(std::is_copy_constructible_v<Result>,
                "every call returns a copy of the value; let f return a "
                "std::shared_ptr to what cannot be copied");
  using Call = internal::OnceCall<F, Result>;
  return [call = std::make_shared<Call>(std::move(f))]() -> Result {
    call->Call();
    return *call->result;
  };
}

// OnceValues(f): Go's name for a function with two results. Here f returns them
// as one: auto [table, error] = rt::OnceValues(...)().
template <typename F>
[[nodiscard]] auto OnceValues(F f) {
  return OnceValue(std::move(f));
}

}  // namespace rt

#endif  // RUNTIME_ONCE_H_
