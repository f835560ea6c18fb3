// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Select: waits for several channels at once and does one of the operations.
//
//   rt::Select(
//       rt::OnRecv(results, [&](std::optional<int> r) { Show(r); }),
//       rt::OnSend(requests, next, [&] { ++next; }),
//       rt::OnRecv(timeout, [] { Complain(); }));
//
// is Go's
//
//   select {
//   case r, ok := <-results: ...
//   case requests <- next: ...
//   case <-timeout: ...
//   }
//
//   OnRecv(channel, f)         f takes a std::optional (nullopt: the channel is
//                              closed and empty), or nothing.
//   OnSend(channel, value, f)  f takes nothing.
//   Default(f)                 is done if nothing else can be done at once. f
//                              takes nothing. At most one.
//
// Each f may be left out. Select returns the position of the case that was
// done, counted from 0. Its f has been called by then, with no lock held: it
// may block, throw, or select again. A `return` or `break` in f does not leave
// the function that selects; ask for the position instead.
//
// Threads:   from any goroutine; with a Default also from a plain thread. The
//            SelectCases of a SelectAny belong to the caller until it returns:
//            nobody else may change or use them meanwhile.
// Blocks:    the goroutine, until one of the cases can be done; never with a
//            Default. Select() has no case and blocks for ever.
// Choice:    if several cases can be done, each has the same chance. One on a
//            nil channel can never be done; receiving from a closed channel
//            always can.
// Ordering:  as the operation that was done. The others order nothing, nor does
//            a Default.
// Failure:   a send on a closed channel counts as one that can be done, and if
//            it is the one chosen: Panic "send on closed channel".
// Operands:  channels and values are evaluated once each, before anything is
//            chosen; in an order that C++ leaves open.
// Values:    an rvalue is moved from only if its case is done: after a
//            Select(OnSend(c, std::move(p)), Default()) that took the Default,
//            p is as it was. An lvalue is copied.
// Lifetime:  a case is made in the argument list of its Select. A channel may
//            be destroyed as soon as Select has returned.

#ifndef RUNTIME_SELECT_H_
#define RUNTIME_SELECT_H_

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>

#include "runtime/chan.h"
#include "runtime/internal/select_cases.h"
#include "runtime/internal/select_core.h"

namespace rt {

template <typename C, typename F = internal::DoNothing>
[[nodiscard]] auto OnRecv(const C& channel, F&& f = {}) {
  static_assert(
      requires { channel.Recv(); }, "OnRecv receives: from a Chan or RecvChan");
  using T = typename C::Element;
  return internal::RecvCase<T, F>(channel.core(), std::forward<F>(f));
}

template <typename C, typename F = internal::DoNothing>
[[nodiscard]] auto OnSend(const C& channel, typename C::Element&& value,
                          F&& f = {}) {
  static_assert(
      requires { channel.Send(std::move(value)); },
      "OnSend sends: to a Chan or SendChan");
  using T = typename C::Element;
  // What is as cheap to copy as to refer to is copied.
  using Held = std::conditional_t<std::is_trivially_copyable_v<T>, T, T&&>;
  return internal::SendCase<T, Held, F>(channel.core(), std::move(value),
                                        std::forward<F>(f));
}

template <typename C, typename F = internal::DoNothing>
[[nodiscard]] auto OnSend(const C& channel, const typename C::Element& value,
                          F&& f = {}) {
  static_assert(
      requires(typename C::Element & v) { channel.Send(std::move(v)); },
      "OnSend sends: to a Chan or SendChan");
  using T = typename C::Element;
  return internal::SendCase<T, T, F>(channel.core(), value, std::forward<F>(f));
}

template <typename F = internal::DoNothing>
[[nodiscard]] auto Default(F&& f = {}) {
  return internal::DefaultCase<F>(std::forward<F>(f));
}

[[noreturn]] inline size_t Select() { internal::SelectCore::BlockForever(); }

// Inlined, so that a report names the line of the program.
template <internal::SelectCaseLike... Cases>
[[gnu::always_inline]] inline size_t Select(Cases&&... cases) {
  constexpr size_t kCases = sizeof...(Cases);
  constexpr size_t kDefaults = (0 + ... + size_t{Cases::kIsDefault});
  static_assert(kDefaults <= 1, "a Select has at most one Default");
  // The others, where a Default counts as never ready.
  size_t chosen = internal::SelectCore::kDefault;
  bool ok = false;
  if constexpr (kCases - kDefaults == 1) {
    size_t at = 0;
    auto perform = [&](auto& c) {
      if constexpr (!std::remove_cvref_t<decltype(c)>::kIsDefault) {
        if constexpr (kDefaults == 0) {
          ok = c.Wait();
          chosen = at;
        } else if (auto result = c.Try();
                   result != internal::TryRecvResult::kWouldWait) {
          ok = result == internal::TryRecvResult::kReceived;
          chosen = at;
        }
      }
      ++at;
    };
    (perform(cases), ...);
  } else if constexpr (kCases > 1) {
    std::array<internal::SelectOp, kCases> ops{cases.Op()...};
    chosen = internal::SelectCore::Run(ops, kDefaults == 1,
                                       internal::SelectCore::Slow<kCases>);
    if (chosen != internal::SelectCore::kDefault) ok = ops[chosen].ok;
  }
  size_t done = 0;
  size_t at = 0;
  auto finish = [&](auto& c) {
    bool is_default = std::remove_cvref_t<decltype(c)>::kIsDefault;
    if (is_default ? chosen == internal::SelectCore::kDefault : chosen == at) {
      done = at;
      c.Done(ok);
    }
    ++at;
  };
  (finish(cases), ...);
  return done;
}

// A case to keep, for SelectAny. It keeps its channel, and its value until that
// is sent: then it must be given another one before it is used again.
class SelectCase {
 public:
  SelectCase() = default;  // Can never be done.

  template <internal::SelectCaseLike C>
  SelectCase(C&& c)  // NOLINT(google-explicit-constructor)
      : is_default_(C::kIsDefault),
        case_(std::make_unique<internal::KeptCase<C>>(std::move(c))) {}

 private:
  friend size_t SelectAny(std::span<SelectCase> cases);

  bool is_default_ = false;
  std::unique_ptr<internal::ErasedCase> case_;
};

// SelectAny: Select for a number of cases that is known only when the program
// runs. Returns the position of the case that was done.
//
//   std::vector<rt::SelectCase> cases;
//   for (auto& c : channels) cases.push_back(rt::OnRecv(c, Show));
//   size_t which = rt::SelectAny(cases);
//
// Panics if there is more than one Default.
size_t SelectAny(std::span<SelectCase> cases);

}  // namespace rt

#endif  // RUNTIME_SELECT_H_
