// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Go(f, args...): starts a goroutine. Gosched(): lets others run. Goexit():
// ends the calling one.
//
//   rt::Go([&] { ... });
//   rt::Go(Serve, connection, 3);
//
// A goroutine is a function with a stack of its own that many others share few
// kernel threads with. It costs about as much as a small allocation.
//
// Threads:   from a goroutine; Go also from any thread while rt::Run runs.
// Blocks:    Go never; Gosched the goroutine, until it is its turn again.
// Ordering:  the call of Go happens before f begins.
// Arguments: are moved or copied when Go is called, as std::thread does; pass
//            std::ref for a reference. What f returns is dropped.
// Stack:     244 KiB for f and all that it calls (1012 KiB with a sanitizer),
//            of which only what is used costs memory. Beyond that the program
//            ends: "fatal error: stack overflow". Large arrays belong on the
//            heap, in a std::vector; endless recursion, nowhere.
// Failure:   an exception that leaves f, a Panic or any other, ends the program
//            with Go's report and exit status 2, as do a null pointer, a
//            division by zero and a failed assertion in f. Go before rt::Run is
//            fatal, as is a function that is none: a null pointer, an empty
//            std::function.

#ifndef RUNTIME_GO_H_
#define RUNTIME_GO_H_

#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

#include "absl/functional/any_invocable.h"

namespace rt {

namespace internal {
namespace host {
void Yield();
}

// Ends the program in Go's words: fatal error: go of nil func value.
[[noreturn]] void GoOfNil();

// For whoever is about to call f in a goroutine: dies here, where f came from,
// if f is nothing that can be called. (What is empty has no state to tell by; a
// lambda that captures nothing is comparable, by its conversion to a pointer.)
template <typename F>
[[gnu::always_inline]] inline void MustNotBeNil(const F& f) {
  if constexpr (!std::is_function_v<F> && !std::is_empty_v<F> &&
                requires { static_cast<bool>(f == nullptr); }) {
    if (f == nullptr) [[unlikely]]
      GoOfNil();
  }
}

// Not inlined, so that its return address is in the caller of Go.
[[gnu::noinline]] void StartGoroutine(absl::AnyInvocable<void() &&>&& task);
}  // namespace internal

template <typename F, typename... Args>
requires std::is_invocable_v<std::decay_t<F>, std::decay_t<Args>...>
[[gnu::always_inline]] inline void Go(F&& f, Args&&... args) {
  internal::MustNotBeNil(f);
  if constexpr (sizeof...(Args) == 0) {
    internal::StartGoroutine(
        [f = std::decay_t<F>(std::forward<F>(f))]() mutable {
          static_cast<void>(std::invoke(std::move(f)));
        });
  } else {
    internal::StartGoroutine([f = std::decay_t<F>(std::forward<F>(f)),
                              args = std::tuple<std::decay_t<Args>...>(
                                  std::forward<Args>(args)...)]() mutable {
      static_cast<void>(std::apply(std::move(f), std::move(args)));
    });
  }
}

// Lets other goroutines run; the caller goes to the end of the queue.
inline void Gosched() { internal::host::Yield(); }

// Ends the calling goroutine, wherever it is. Destructors on its stack run, as
// Go's deferred calls do; no handler stops it, not even a `catch (...)` that
// does not rethrow. The main goroutine may call it, too: then the others go on,
// and since main does not return, the program ends with a fatal error when
// there are none left. Fatal from inside a noexcept function.
[[noreturn]] void Goexit();

}  // namespace rt

#endif  // RUNTIME_GO_H_
