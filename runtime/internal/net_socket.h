// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// NetSocket: what the copies of a net::Conn or net::Listener share: a NetFd,
// the names of its ends, and so the words of its errors.

#ifndef RUNTIME_INTERNAL_NET_SOCKET_H_
#define RUNTIME_INTERNAL_NET_SOCKET_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/internal/net_fd.h"
#include "runtime/internal/sock_addr.h"

namespace rt::internal {

// "op network source->target: call: reason", as Go's net.OpError. What is empty
// is left out; `error` as NetFd gives it.
absl::Status NetError(std::string_view op, std::string_view network,
                      std::string_view source, std::string_view target,
                      std::string_view call, int error);

// On the clock of host::NowNs; NetFd::kNever for an infinite future.
int64_t DeadlineNs(absl::Time when);

class NetSocket {
 public:
  // Of a connection, or with `listening` of a listener.
  NetSocket(std::unique_ptr<NetFd> fd, std::string network, SockAddr local,
            SockAddr remote, bool listening)
      : fd_(std::move(fd)),
        network_(std::move(network)),
        local_(local),
        remote_(remote),
        listening_(listening) {}
  ~NetSocket() { RemoveFile(); }

  NetFd& fd() { return *fd_; }
  const std::string& network() const { return network_; }
  const SockAddr& local() const { return local_; }
  const SockAddr& remote() const { return remote_; }

  // Once: the file that a Unix listener has made goes with it.
  void RemoveFile();

  // OK for 0.
  absl::Status Error(std::string_view op, std::string_view call,
                     int error) const;
  // For what is set: Go names the own end only.
  absl::Status SetError(std::string_view call, int error) const;

 private:
  const std::unique_ptr<NetFd> fd_;
  const std::string network_;
  const SockAddr local_;
  const SockAddr remote_;
  const bool listening_;
  std::atomic<bool> removed_{false};
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_NET_SOCKET_H_
