// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How libstdc++ waits since GCC 16: in its compiled part, where neither its
// looks nor its table of proxies, for what no futex fits, would be seen. These
// functions take the place of its own (bits/atomic_wait.h; only the names and
// the layout are from there) and leave it to the caller in the header to look
// again. Of older versions nobody calls them.

#include <cstdint>
#include <string>

#include "runtime/explorer/atomic_wait.h"
#include "runtime/explorer/posix.h"

namespace {

using rt::explorer::Hidden;
using rt::explorer::InCodeUnderTest;
using rt::explorer::Notify;
using rt::explorer::RefuseType;
using rt::explorer::Waited;
using rt::explorer::WaitWhile;

// std::__detail::__wait_args_base.
struct WaitArguments {
  uint32_t flags;
  int order;
  uint64_t old;  // What the object was when the caller looked.
  void* state;
  const void* object;
  unsigned char size;  // Of the object; 0 if it is not to be compared.
};

// std::__detail::__wait_result_type.
struct WaitResult {
  uint64_t value = 0;
  unsigned char has_value : 1 = 0;
  unsigned char timed_out : 1 = 0;
};

WaitResult Wait(const WaitArguments& arguments, int64_t deadline_ns,
                const void* pc) {
  Waited waited = WaitWhile(arguments.object, arguments.size, arguments.old,
                            deadline_ns, pc);
  WaitResult result;
  result.timed_out = waited == Waited::kTimedOut;
  return result;
}

}  // namespace

extern "C" {

// bool __wait_args::_M_setup_proxy_wait(const void*): whether it waits at a
// proxy, because the object fits no futex.
bool _ZNSt8__detail11__wait_args19_M_setup_proxy_waitEPKv(
    WaitArguments* self, const void* at) noexcept {
  static constinit Hidden<bool(WaitArguments*, const void*)> hidden(
      "_ZNSt8__detail11__wait_args19_M_setup_proxy_waitEPKv");
  if (!InCodeUnderTest()) return hidden(self, at);
  int size = self->size;
  if (size != 1 && size != 2 && size != 4 && size != 8) {
    RefuseType("the wait of a std::atomic of a type like this one",
               "use an integer, a bool or a pointer");
  }
  return false;
}

// __wait_impl(const void*, __wait_args_base&).
WaitResult _ZNSt8__detail11__wait_implEPKvRNS_16__wait_args_baseE(
    const void* at, WaitArguments& arguments) noexcept {
  static constinit Hidden<WaitResult(const void*, WaitArguments*)> hidden(
      "_ZNSt8__detail11__wait_implEPKvRNS_16__wait_args_baseE");
  if (!InCodeUnderTest()) return hidden(at, &arguments);
  return Wait(arguments, rt::explorer::kNever, RT_PC);
}

// __wait_until_impl(const void*, __wait_args_base&, const nanoseconds&), by the
// steady clock.
WaitResult
_ZNSt8__detail17__wait_until_implEPKvRNS_16__wait_args_baseERKNSt6chrono8durationIlSt5ratioILl1ELl1000000000EEEE(
    const void* at, WaitArguments& arguments,
    const int64_t& until_ns) noexcept {
  static constinit Hidden<WaitResult(const void*, WaitArguments*,
                                     const int64_t*)>
      hidden(
          "_ZNSt8__detail17__wait_until_implEPKvRNS_16__wait_args_"
          "baseERKNSt6chrono8durationIlSt5ratioILl1ELl1000000000EEEE");
  if (!InCodeUnderTest()) return hidden(at, &arguments, &until_ns);
  return Wait(arguments, until_ns, RT_PC);
}

// __notify_impl(const void*, bool, const __wait_args_base&).
void _ZNSt8__detail13__notify_implEPKvbRKNS_16__wait_args_baseE(
    const void* at, bool all, const WaitArguments& arguments) noexcept {
  static constinit Hidden<void(const void*, bool, const WaitArguments*)> hidden(
      "_ZNSt8__detail13__notify_implEPKvbRKNS_16__wait_args_baseE");
  if (!InCodeUnderTest()) return hidden(at, all, &arguments);
  Notify(at, all);
}

}  // extern "C"
