// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/panic.h"

#include <cxxabi.h>
#include <unistd.h>

#include <cstdint>
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
#include "runtime/internal/demangle.h"
#include "runtime/internal/handled.h"
#include "runtime/internal/lock_owner.h"
#include "runtime/internal/raw_mutex.h"

namespace rt {
namespace internal {
namespace {

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

// A goroutine, or a thread that runs none.
uint64_t Self() {
  uint64_t id = CurrentGoroutineId();
  return id != 0 ? id : ~static_cast<uint64_t>(gettid());
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

struct PanicData : std::enable_shared_from_this<PanicData> {
  PanicData(std::string text, std::string before)
      : text(std::move(text)),
        before(std::move(before)),
        stack(Backtrace()),
        handled(Handled()),
        on_their_way(std::uncaught_exceptions()),
        owner(Self()) {
    RawLock lock(mu);
    older = list;
    if (older != nullptr) older->newer = this;
    list = this;
  }
  ~PanicData() {
    RawLock lock(mu);
    (newer != nullptr ? newer->older : list) = older;
    if (older != nullptr) older->newer = newer;
  }
  PanicData(const PanicData&) = delete;
  PanicData& operator=(const PanicData&) = delete;

  // The latest of the caller for which `matches`; null if there is none.
  template <typename Matches>
  static std::shared_ptr<const PanicData> Latest(Matches matches) {
    uint64_t self = Self();
    RawLock lock(mu);
    for (PanicData* data = list; data != nullptr; data = data->older) {
      if (data->owner != self || !matches(*data)) continue;
      // Null if it is about to leave the list.
      if (auto alive = data->weak_from_this().lock()) return alive;
    }
    return nullptr;
  }

  // Those of the caller.
  static void DisownAll() {
    uint64_t self = Self();
    RawLock lock(mu);
    for (PanicData* data = list; data != nullptr; data = data->older) {
      if (data->owner == self) data->owner = 0;
    }
  }

  std::string Report() const { return before + "panic: " + text; }

  // All that exist, of any goroutine, the latest first.
  static constinit inline RawMutex mu{LockRank::kPanics};
  static constinit inline PanicData* list ABSL_GUARDED_BY(mu) = nullptr;

  const std::string text;
  const std::string before;  // What the report says first.
  const std::vector<void*> stack;
  // What was handled, and how many exceptions were on their way, before.
  const void* const handled;
  const int on_their_way;
  uint64_t owner ABSL_GUARDED_BY(mu);  // 0: nobody's any more.
  PanicData* newer ABSL_GUARDED_BY(mu) = nullptr;
  PanicData* older ABSL_GUARDED_BY(mu) = nullptr;
};

}  // namespace internal

Panic::Panic(std::string text) {
  using internal::PanicData;
  std::string before;
  if (std::uncaught_exceptions() > 0) {
    // The C++ runtime only knows how many are on their way. This one will be.
    auto latest = PanicData::Latest([](const PanicData&) { return true; });
    if (latest != nullptr) before = latest->Report() + "\n\t";
  } else if (std::current_exception() != nullptr) {
    before = internal::DescribeThrown().text + " [recovered]\n\t";
  }
  data_ = std::make_shared<PanicData>(std::move(text), std::move(before));
}

const char* Panic::what() const noexcept { return data_->text.c_str(); }

std::string Panic::Report() const { return data_->Report(); }

const std::vector<void*>& Panic::stack() const { return data_->stack; }

namespace internal {

ThrownReport DescribeUnhandled() {
  // It is one exception more on its way than when it was made, and no handler
  // has begun since.
  const void* handled = Handled();
  int before = std::uncaught_exceptions() - 1;
  auto data = PanicData::Latest([=](const PanicData& data) {
    return data.on_their_way == before && data.handled == handled;
  });
  if (data == nullptr) return {};
  return {data->Report(), data->stack};
}

void DisownPanics() { PanicData::DisownAll(); }

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
