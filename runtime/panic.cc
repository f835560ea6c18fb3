// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/panic.h"

#include <cxxabi.h>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/backtrace.h"
#include "runtime/internal/lock_owner.h"
#include "runtime/internal/raw_mutex.h"

namespace rt {
namespace internal {
namespace {

std::string Demangle(const char* name) {
  int status = 0;
  char* text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = status == 0 ? text : name;
  std::free(text);
  return result;
}

// If the exception in the making is a T: its value, as Go prints it.
template <typename T>
bool ThrownIs(std::string* text) {
  try {
    throw;
  } catch (const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
      *text = value ? "true" : "false";
    } else if constexpr (std::is_integral_v<T>) {
      *text = std::to_string(value);
    } else if constexpr (std::is_same_v<T, const char*>) {
      *text = value != nullptr ? value : "";
    } else {
      *text = std::string(value);
    }
    return true;
  } catch (...) {
    return false;
  }
}

template <typename... T>
bool ThrownIsOneOf(std::string* text) {
  return (ThrownIs<T>(text) || ...);
}

}  // namespace

ThrownReport DescribeThrown() {
  std::string text;
  try {
    throw;
  } catch (const Panic& panic) {
    return {panic.Report(), panic.stack()};
  } catch (const std::exception& exception) {
    text = Demangle(typeid(exception).name()) + ": " + exception.what();
  } catch (...) {
    if (!ThrownIsOneOf<std::string, const char*, char*, std::string_view, bool,
                       short, unsigned short, int, unsigned, long,
                       unsigned long, long long, unsigned long long>(&text)) {
      text = Demangle(abi::__cxa_current_exception_type()->name());
    }
  }
  return {"panic: " + text, {}};
}

}  // namespace internal

struct Panic::Data : std::enable_shared_from_this<Data> {
  Data(std::string text, std::string before)
      : text(std::move(text)),
        before(std::move(before)),
        stack(internal::Backtrace()),
        goroutine(internal::CurrentGoroutineId()) {
    internal::RawLock lock(mu);
    older = list;
    if (older != nullptr) older->newer = this;
    list = this;
  }
  ~Data() {
    internal::RawLock lock(mu);
    (newer != nullptr ? newer->older : list) = older;
    if (older != nullptr) older->newer = newer;
  }
  Data(const Data&) = delete;
  Data& operator=(const Data&) = delete;

  // The latest of the calling goroutine; null if there is none.
  static std::shared_ptr<const Data> Latest() {
    uint64_t self = internal::CurrentGoroutineId();
    internal::RawLock lock(mu);
    for (Data* data = list; data != nullptr; data = data->older) {
      if (data->goroutine != self) continue;
      // Null if it is about to leave the list.
      if (auto alive = data->weak_from_this().lock()) return alive;
    }
    return nullptr;
  }

  std::string Report() const { return before + "panic: " + text; }

  // All that exist, of any goroutine, the latest first.
  static constinit inline internal::RawMutex mu{internal::LockRank::kPanics};
  static constinit inline Data* list ABSL_GUARDED_BY(mu) = nullptr;

  const std::string text;
  const std::string before;  // What the report says first.
  const std::vector<void*> stack;
  const uint64_t goroutine;
  Data* newer ABSL_GUARDED_BY(mu) = nullptr;
  Data* older ABSL_GUARDED_BY(mu) = nullptr;
};

Panic::Panic(std::string text) {
  std::string before;
  if (std::uncaught_exceptions() > 0) {
    // The C++ runtime only knows how many are on their way. This one will be.
    if (auto latest = Data::Latest()) before = latest->Report() + "\n\t";
  } else if (std::current_exception() != nullptr) {
    before = internal::DescribeThrown().text + " [recovered]\n\t";
  }
  data_ = std::make_shared<Data>(std::move(text), std::move(before));
}

const char* Panic::what() const noexcept { return data_->text.c_str(); }

std::string Panic::Report() const { return data_->Report(); }

const std::vector<void*>& Panic::stack() const { return data_->stack; }

namespace internal {

SharedError SharedError::Current() {
  SharedError error;
  error.other_ = std::current_exception();
  if (error.other_ == nullptr) return error;
  try {
    std::rethrow_exception(error.other_);
  } catch (const Panic& panic) {
    error.panic_ = panic;
  } catch (...) {
  }
  if (error.panic_) error.other_ = nullptr;
  return error;
}

void SharedError::Throw() const {
  if (panic_) throw Panic(*panic_);
  std::rethrow_exception(other_);
}

}  // namespace internal

}  // namespace rt
