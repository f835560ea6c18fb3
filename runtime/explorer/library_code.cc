// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/library_code.h"

#include <cstdint>
#include <initializer_list>
#include <string>

#include "runtime/explorer/epoch_map.h"
#include "runtime/explorer/mode.h"
#include "runtime/explorer/source.h"
#include "runtime/internal/backtrace.h"
#include "runtime/internal/symbolize.h"

namespace rt::explorer {
namespace {

bool IsOneOf(const std::string& function,
             std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (function.find(name) != std::string::npos) return true;
  }
  return false;
}

LibraryCode Find(const void* pc) {
  for (const internal::SourceLocation& place :
       internal::Symbolize(static_cast<const char*>(pc) - 1)) {
    if (IsOneOf(place.function, {"__exchange_and_add", "__atomic_add"})) {
      return LibraryCode::kReferenceCount;
    }
    if (IsOneOf(place.function,
                {"::_M_enter_wait(", "::_M_leave_wait(", "::_M_waiting("})) {
      return LibraryCode::kWaiterCount;
    }
  }
  return LibraryCode::kOther;
}

// Whether a function of the library called the caller: the stack is searched up
// to the first frame of the code under test.
class FrameSearch {
 public:
  explicit FrameSearch(const char* function) : function_(function) {}

  bool Finds() {
    constexpr int kFrames = 24;
    void* pcs[kFrames];
    int count = internal::Backtrace(pcs, kFrames);
    for (int i = 0; i < count; ++i) {
      bool fresh;
      Answer& answer =
          known_.FindOrMake(reinterpret_cast<uintptr_t>(pcs[i]), &fresh);
      if (fresh) answer = Ask(pcs[i]);
      if (answer != Answer::kUnknown) return answer == Answer::kYes;
    }
    return false;
  }

 private:
  enum class Answer : uint8_t { kUnknown, kNo, kYes };

  Answer Ask(const void* pc) const {
    for (const internal::SourceLocation& place :
         internal::Symbolize(static_cast<const char*>(pc) - 1)) {
      if (IsOneOf(place.function, {function_})) return Answer::kYes;
      if (IsUserFile(place.file)) return Answer::kNo;
    }
    return Answer::kUnknown;
  }

  const char* const function_;
  EpochMap<Answer> known_{6};
};

}  // namespace

LibraryCode LibraryCodeAt(const void* pc) {
  EngineScope scope;  // Also for the static.
  static auto& known = *new EpochMap<LibraryCode>(6);
  bool fresh;
  LibraryCode& code = known.FindOrMake(reinterpret_cast<uintptr_t>(pc), &fresh);
  if (fresh) code = Find(pc);
  return code;
}

bool InLibrarySpin() {
  EngineScope scope;  // Also for the static.
  static auto& search = *new FrameSearch("__atomic_spin");
  return search.Finds();
}

bool InSemaphore() {
  EngineScope scope;
  static auto& search = *new FrameSearch("_semaphore");
  return search.Finds();
}

bool InStdLock() {
  EngineScope scope;
  static auto& search = *new FrameSearch("std::lock<");
  return search.Finds();
}

}  // namespace rt::explorer
