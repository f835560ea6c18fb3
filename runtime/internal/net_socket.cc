// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/net_socket.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/internal/host.h"
#include "runtime/time.h"

namespace rt::internal {
namespace {

// As Go writes it: "connection refused".
std::string Reason(int error) {
  const char* text = strerrordesc_np(error);
  if (text == nullptr) return "errno " + std::to_string(error);
  std::string reason = text;
  reason[0] =
      static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
  return reason;
}

}  // namespace

absl::Status NetError(std::string_view op, std::string_view network,
                      std::string_view source, std::string_view target,
                      std::string_view call, int error) {
  std::string text(op);
  if (!network.empty()) text += " " + std::string(network);
  if (!source.empty()) text += " " + std::string(source);
  if (!target.empty()) {
    text += (source.empty() ? " " : "->") + std::string(target);
  }
  text += ": ";
  switch (error) {
    case kErrClosed:
      return absl::CancelledError(text + "use of closed network connection");
    case kErrTimeout:
      return absl::DeadlineExceededError(text + "i/o timeout");
    case kErrCanceled:
      return absl::CancelledError(text + "operation was canceled");
    default:
      if (!call.empty()) text += std::string(call) + ": ";
      return absl::Status(absl::ErrnoToStatusCode(error), text + Reason(error));
  }
}

int64_t DeadlineNs(absl::Time when) {
  if (when == absl::InfiniteFuture()) return NetFd::kNever;
  int64_t now_ns = host::NowNs();
  int64_t left_ns = absl::ToInt64Nanoseconds(when - rt::Now());
  return left_ns <= 0 ? now_ns - 1
                      : now_ns + std::min(left_ns, NetFd::kNever - 1 - now_ns);
}

void NetSocket::RemoveFile() {
  if (!listening_ || local_.family() != AF_UNIX) return;
  if (removed_.exchange(true, std::memory_order_relaxed)) return;
  std::string path = local_.Text();
  if (path[0] != '@') unlink(path.c_str());
}

absl::Status NetSocket::Error(std::string_view op, std::string_view call,
                              int error) const {
  if (error == 0) return absl::OkStatus();
  // Unlike a connection, a listener is the target.
  return NetError(op, network_, listening_ ? "" : local_.Text(),
                  listening_ ? local_.Text() : remote_.Text(), call, error);
}

absl::Status NetSocket::SetError(std::string_view call, int error) const {
  if (error == 0) return absl::OkStatus();
  return NetError("set", network_, "", local_.Text(), call, error);
}

}  // namespace rt::internal
