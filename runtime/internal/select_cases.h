// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The cases of a Select: between the typed ends, which are the program's, and
// SelectOp, which SelectCore knows.
//
// A case that has been chosen gets one call of Done, after the operation, with
// no lock held.

#ifndef RUNTIME_INTERNAL_SELECT_CASES_H_
#define RUNTIME_INTERNAL_SELECT_CASES_H_

#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "runtime/internal/chan_core.h"
#include "runtime/internal/select_core.h"

namespace rt::internal {

struct DoNothing {
  void operator()() const {}
};

// What OnRecv makes. F is the function, or a reference to it.
template <typename T, typename F>
class RecvCase {
 public:
  static constexpr bool kIsDefault = false;

  RecvCase(ChanCore* chan, F&& f) : chan_(chan), f_(std::forward<F>(f)) {}
  ~RecvCase() {}
  RecvCase(const RecvCase&) = delete;
  RecvCase& operator=(const RecvCase&) = delete;

  SelectOp Op() { return {chan_, std::addressof(value_), /*sends=*/false}; }
  bool Wait() { return ChanCore::RecvElement(chan_, std::addressof(value_)); }
  TryRecvResult Try() {
    return ChanCore::TryRecv(chan_, std::addressof(value_));
  }
  // With `ok` the operation has put a value into value_.
  void Done(bool ok) {
    std::optional<T> value;
    if (ok) {
      value.emplace(std::move(value_));
      std::destroy_at(std::addressof(value_));
    }
    // Hides from GCC that the value may not be there, of which it would warn
    // wherever a program that knows better does not ask.
    asm("" : "+m"(value));
    Call(std::move(value));
  }

  // The same case, with a function of its own.
  using Kept = RecvCase<T, std::decay_t<F>>;
  Kept Keep() && { return Kept(chan_, std::forward<F>(f_)); }
  ChanCore* chan() const { return chan_; }

 private:
  void Call(std::optional<T> value) {
    if constexpr (std::is_invocable_v<F&, std::optional<T>>) {
      std::invoke(f_, std::move(value));
    } else {
      static_assert(std::is_invocable_v<F&>,
                    "the function of OnRecv takes a std::optional of what the "
                    "channel carries, or nothing");
      std::invoke(f_);
    }
  }

  ChanCore* const chan_;
  F f_;
  union {
    T value_;  // There is one between the operation and Done only.
  };
};

// What OnSend makes. Held is T, or T&& for a value that stays where it is until
// it is sent.
template <typename T, typename Held, typename F>
class SendCase {
 public:
  static constexpr bool kIsDefault = false;

  template <typename U>
  SendCase(ChanCore* chan, U&& value, F&& f)
      : chan_(chan), value_(std::forward<U>(value)), f_(std::forward<F>(f)) {}
  SendCase(const SendCase&) = delete;
  SendCase& operator=(const SendCase&) = delete;

  SelectOp Op() { return {chan_, Address(), /*sends=*/true}; }
  bool Wait() {
    ChanCore::SendElement(chan_, Address());
    return true;
  }
  TryRecvResult Try() {
    return ChanCore::TrySend(chan_, Address()) ? TryRecvResult::kReceived
                                               : TryRecvResult::kWouldWait;
  }
  void Done(bool /*ok*/) { std::invoke(f_); }

  using Kept = SendCase<T, T, std::decay_t<F>>;
  Kept Keep() && { return Kept(chan_, std::move(value_), std::forward<F>(f_)); }
  ChanCore* chan() const { return chan_; }

 private:
  void* Address() {
    return const_cast<void*>(static_cast<const void*>(std::addressof(value_)));
  }

  ChanCore* const chan_;
  Held value_;
  F f_;
};

// What Default makes.
template <typename F>
class DefaultCase {
 public:
  static constexpr bool kIsDefault = true;

  explicit DefaultCase(F&& f) : f_(std::forward<F>(f)) {}
  DefaultCase(const DefaultCase&) = delete;
  DefaultCase& operator=(const DefaultCase&) = delete;

  SelectOp Op() { return {}; }  // On no channel.
  void Done(bool /*ok*/) { std::invoke(f_); }

  using Kept = DefaultCase<std::decay_t<F>>;
  Kept Keep() && { return Kept(std::forward<F>(f_)); }
  ChanCore* chan() const { return nullptr; }

 private:
  F f_;
};

template <typename C>
concept SelectCaseLike = requires {
  typename C::Kept;
  C::kIsDefault;
};

// A case of any type, for SelectAny.
class ErasedCase {
 public:
  virtual ~ErasedCase() = default;
  virtual SelectOp Op() = 0;
  virtual void Done(bool ok) = 0;
};

// Keeps the channel too.
template <SelectCaseLike C>
class KeptCase final : public ErasedCase {
 public:
  explicit KeptCase(C&& c) : case_(std::move(c).Keep()) {
    ChanCore::AddRef(case_.chan());
  }
  ~KeptCase() override { ChanCore::Unref(case_.chan()); }
  SelectOp Op() override { return case_.Op(); }
  void Done(bool ok) override { case_.Done(ok); }

 private:
  typename C::Kept case_;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SELECT_CASES_H_
