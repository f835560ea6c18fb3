// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// SockAddr: an address as the kernel knows it; and the way from and to text.
//
// Texts are Go's: "127.0.0.1:80", "[::1]:80", "localhost:http", ":8080", and
// for Unix sockets a path, or "@name" in the abstract namespace.

#ifndef RUNTIME_INTERNAL_SOCK_ADDR_H_
#define RUNTIME_INTERNAL_SOCK_ADDR_H_

#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "runtime/context.h"

namespace rt::internal {

struct SockAddr {
  sockaddr_storage storage = {};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  int family() const { return storage.ss_family; }

  std::string Text() const;
  int Port() const;  // 0 if it has none.
};

// The addresses of the socket's own end, or of the other one; empty text if
// there is none.
SockAddr LocalAddrOf(int fd);
SockAddr RemoteAddrOf(int fd);

// What an address stands for, best first, or why it cannot be told.
struct Resolved {
  std::vector<SockAddr> addresses;
  bool wildcard = false;  // No host was named.

  // If there are none: Go's words, and kInvalidArgument if the text is no
  // address at all, kNotFound, or what has ended the context.
  std::string error;
  absl::StatusCode code = absl::StatusCode::kNotFound;
};

// `network` is "tcp", "tcp4", "tcp6" or "unix". An empty host is this machine,
// and with `passive` all its addresses. Blocks the goroutine while a name is
// looked up, or until ctx is done.
Resolved Resolve(const Context& ctx, std::string_view network,
                 std::string_view address, bool passive);

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_SOCK_ADDR_H_
