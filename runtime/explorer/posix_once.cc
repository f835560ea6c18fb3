// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// pthread_once_t: std::call_once.

#include <pthread.h>

#include <mutex>

#include "runtime/explorer/posix.h"
#include "runtime/internal/host.h"

namespace rt::explorer {
namespace {

using internal::host::Op;
using internal::host::OpKind;

enum State : pthread_once_t { kNew = PTHREAD_ONCE_INIT, kRunning, kDone };

void Finish(pthread_once_t* once, State state) {
  Op op(OpKind::kOnceDone, once);
  internal::host::Release(once);
  *once = state;
}

// The library leaves its function in two variables of the kernel thread, which
// others may use until it is called.
class KeptCall {
 public:
  KeptCall() : callable_(std::__once_callable), call_(std::__once_call) {}
  ~KeptCall() {
    std::__once_callable = callable_;
    std::__once_call = call_;
  }

 private:
  void* const callable_;
  void (*const call_)();
};

constexpr internal::host::Purpose kFunction = {
    "a std::call_once whose function never returns",
    "the function of a std::call_once does not call call_once with the same "
    "flag"};

int Once(pthread_once_t* once, void (*f)(), const void* pc) {
  {
    KeptCall kept;
    MayBlock may_block;
    internal::host::WaitsFor waits(&kFunction);
    Op op(OpKind::kOnceDo, once, [once] { return *once != kRunning; });
    Touch(once, sizeof *once, /*destroys=*/false, pc);
    internal::host::Acquire(once);
    if (*once == kDone) return 0;
    *once = kRunning;
  }
  try {
    f();
  } catch (...) {  // Then the next one tries.
    Finish(once, kNew);
    throw;
  }
  Finish(once, kDone);
  return 0;
}

}  // namespace
}  // namespace rt::explorer

static constinit rt::explorer::Hidden<int(pthread_once_t*, void (*)())>
    hidden_once("pthread_once");

extern "C" int pthread_once(pthread_once_t* once, void (*f)()) {
  bool ours = rt::explorer::InCodeUnderTest() && rt::explorer::IsExplored(once);
  return ours ? rt::explorer::Once(once, f, RT_PC) : hidden_once(once, f);
}
