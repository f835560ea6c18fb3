// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// GivenNames: what rt::SetName has called the objects of an execution.
//
// A name ends with its object, of whose end nobody tells: so with the block of
// the heap that it lies in, or with the call of the function whose variable it
// is (the compiler's __tsan_func_exit). Another object that comes to lie there
// later has no name.
//
// Threads: one.

#ifndef RUNTIME_EXPLORER_GIVEN_NAMES_H_
#define RUNTIME_EXPLORER_GIVEN_NAMES_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rt::explorer {

class GivenNames {
 public:
  // Whether somebody may have one. (Asked at the end of each function.)
  static inline constinit bool any = false;

  void Clear() {
    any = false;
    names_.clear();
  }

  void Set(const void* object, std::string_view name) {
    auto at = reinterpret_cast<uintptr_t>(object);
    any = true;
    Forget(at, at + 1);
    if (name.empty()) return;
    names_.push_back({at, std::string(name)});
  }

  // Those of objects that lie in [begin, end).
  void Forget(uintptr_t begin, uintptr_t end) {
    if (!any) return;
    std::erase_if(names_, [=](const Named& named) {
      return begin <= named.at && named.at < end;
    });
  }

  // Empty if there is none.
  std::string Of(const void* object) const {
    auto at = reinterpret_cast<uintptr_t>(object);
    auto it = std::find_if(names_.begin(), names_.end(),
                           [at](const Named& named) { return named.at == at; });
    return it == names_.end() ? "" : it->name;
  }

 private:
  struct Named {
    uintptr_t at;
    std::string name;
  };
  std::vector<Named> names_;
};

}  // namespace rt::explorer

#endif  // RUNTIME_EXPLORER_GIVEN_NAMES_H_
