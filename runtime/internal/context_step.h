// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// ContextStep: how a context was made of its parent. The steps from a context
// to its root are a list, which those below it share: Value finds values there,
// and String tells all of them (D-088). What a context waits for is not here
// but in context_core.h.
//
// Threads: all from any goroutine and any thread. A step does not change.

#ifndef RUNTIME_INTERNAL_CONTEXT_STEP_H_
#define RUNTIME_INTERNAL_CONTEXT_STEP_H_

#include <atomic>
#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "absl/time/time.h"

namespace rt::internal {

// Counted by contexts and by the steps after it.
class ContextStep {
 public:
  // Takes over a reference to `next`, the parent's last step, or null, which is
  // Background. `key`: null if it carries no value.
  explicit ContextStep(ContextStep* next, const void* key = nullptr)
      : next_(next), key_(key) {}
  ContextStep(const ContextStep&) = delete;
  ContextStep& operator=(const ContextStep&) = delete;

  // Null is allowed.
  static void AddRef(ContextStep* step);
  static void Unref(ContextStep* step);

  // The latest under `key`, or null.
  static const ContextStep* Find(const ContextStep* step, const void* key) {
    while (step != nullptr && step->key_ != key) step = step->next_;
    return step;
  }

  // All that led to `step`, from the root on, in Go's words.
  static std::string Text(const ContextStep* step);

 protected:
  virtual ~ContextStep() = default;

 private:
  virtual std::string Name() const = 0;

  ContextStep* const next_;
  const void* const key_;
  std::atomic<int64_t> refs_{1};
};

// A handle of a ContextStep or ContextFunc.
template <typename T>
class ContextRef {
 public:
  ContextRef() = default;
  explicit ContextRef(T* adopted) : get_(adopted) {}
  ContextRef(const ContextRef& other) : get_(other.get_) { T::AddRef(get_); }
  ContextRef(ContextRef&& other) noexcept
      : get_(std::exchange(other.get_, nullptr)) {}
  ContextRef& operator=(ContextRef other) noexcept {
    std::swap(get_, other.get_);
    return *this;
  }
  ~ContextRef() { T::Unref(get_); }

  T* get() const { return get_; }
  // Gives the reference away.
  T* Release() { return std::exchange(get_, nullptr); }

 private:
  T* get_ = nullptr;
};

using ContextStepRef = ContextRef<ContextStep>;

// A step of which there is nothing else to tell.
ContextStepRef NewStep(ContextStepRef parent, const char* name);
ContextStepRef NewDeadlineStep(ContextStepRef parent, absl::Time deadline);

// The name of a type, as the compiler spells it.
std::string TypeName(const std::type_info& type);

// What Go's contexts show of a value: its text if it has one, a string's
// characters, else its type.
template <typename T>
std::string ValueText(const T& value) {
  if constexpr (requires {
                  { value.String() } -> std::convertible_to<std::string>;
                }) {
    return value.String();
  } else if constexpr (std::is_constructible_v<std::string, const T&> &&
                       !std::is_null_pointer_v<T>) {
    if constexpr (std::is_pointer_v<T>) {
      if (value == nullptr) return "<nil>";
    }
    return std::string(value);
  } else {
    return TypeName(typeid(T));
  }
}

// A value of type T, under a key of type K.
template <typename K, typename T>
class ContextValue final : public ContextStep {
 public:
  ContextValue(const void* key, ContextStep* next, T value)
      : ContextStep(next, key), value(std::move(value)) {}

  const T value;

 private:
  std::string Name() const override {
    return ".WithValue(" + TypeName(typeid(K)) + ", " + ValueText(value) + ")";
  }
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_CONTEXT_STEP_H_
