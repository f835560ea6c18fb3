// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/net.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/internal/net_fd.h"
#include "runtime/internal/net_socket.h"
#include "runtime/internal/sock_addr.h"

namespace rt::net {
namespace {

using rt::internal::DeadlineNs;
using rt::internal::kErrClosed;
using rt::internal::NetError;
using rt::internal::NetFd;
using rt::internal::NetSocket;
using rt::internal::SockAddr;

absl::Status NoHandle(std::string_view op) {
  return NetError(op, "", "", "", "", kErrClosed);
}

Addr ToAddr(const std::string& network, const SockAddr& address) {
  return {network, address.Text(), address.Port()};
}

absl::Status SetDeadlines(NetSocket* socket, bool reading, bool writing,
                          absl::Time when) {
  if (socket == nullptr) return NoHandle("set");
  return socket->SetError(
      "", socket->fd().SetDeadline(reading, writing, DeadlineNs(when)));
}

absl::Status CloseSocket(NetSocket* socket) {
  if (socket == nullptr) return NoHandle("close");
  socket->RemoveFile();
  return socket->Error("close", "", socket->fd().Close());
}

absl::Status ShutDown(NetSocket* socket, int how) {
  if (socket == nullptr) return NoHandle("close");
  return socket->Error("close", "shutdown", socket->fd().Shutdown(how));
}

}  // namespace

// --- Conn --------------------------------------------------------------------

absl::StatusOr<size_t> Conn::Read(std::span<char> buffer) const {
  if (socket_ == nullptr) return NoHandle("read");
  NetFd::Result result = socket_->fd().Read(buffer.data(), buffer.size());
  if (result.error != 0) return socket_->Error("read", "read", result.error);
  return result.size;
}

absl::Status Conn::Write(std::string_view data) const {
  if (socket_ == nullptr) return NoHandle("write");
  NetFd::Result result = socket_->fd().Write(data.data(), data.size());
  return socket_->Error("write", "write", result.error);
}

absl::Status Conn::CloseRead() const {
  return ShutDown(socket_.get(), SHUT_RD);
}

absl::Status Conn::CloseWrite() const {
  return ShutDown(socket_.get(), SHUT_WR);
}

absl::Status Conn::Close() const { return CloseSocket(socket_.get()); }

absl::Status Conn::SetDeadline(absl::Time when) const {
  return SetDeadlines(socket_.get(), true, true, when);
}

absl::Status Conn::SetReadDeadline(absl::Time when) const {
  return SetDeadlines(socket_.get(), true, false, when);
}

absl::Status Conn::SetWriteDeadline(absl::Time when) const {
  return SetDeadlines(socket_.get(), false, true, when);
}

absl::Status Conn::SetNoDelay(bool no_delay) const {
  if (socket_ == nullptr) return NoHandle("set");
  return socket_->SetError(
      "setsockopt",
      socket_->fd().SetOption(IPPROTO_TCP, TCP_NODELAY, no_delay ? 1 : 0));
}

Addr Conn::LocalAddr() const {
  if (socket_ == nullptr) return {};
  return ToAddr(socket_->network(), socket_->local());
}

Addr Conn::RemoteAddr() const {
  if (socket_ == nullptr) return {};
  return ToAddr(socket_->network(), socket_->remote());
}

// --- Listener ----------------------------------------------------------------

absl::StatusOr<Conn> Listener::Accept() const {
  if (socket_ == nullptr) return NoHandle("accept");
  SockAddr remote;
  NetFd::Result result = socket_->fd().Accept(remote.get(), &remote.size);
  if (result.error != 0) {
    return socket_->Error("accept", "accept4", result.error);
  }
  int fd = static_cast<int>(result.size);
  bool tcp = socket_->local().family() != AF_UNIX;
  if (tcp) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  SockAddr local = rt::internal::LocalAddrOf(fd);
  std::unique_ptr<NetFd> net_fd;
  if (int error =
          NetFd::Make(fd, tcp ? NetFd::Kind::kTcp : NetFd::Kind::kSocket,
                      /*connecting=*/false, &net_fd);
      error != 0) {
    close(fd);
    return socket_->Error("accept", "epoll_ctl", error);
  }
  return Conn(std::make_shared<NetSocket>(std::move(net_fd), socket_->network(),
                                          local, remote,
                                          /*listening=*/false));
}

absl::Status Listener::Close() const { return CloseSocket(socket_.get()); }

absl::Status Listener::SetDeadline(absl::Time when) const {
  return SetDeadlines(socket_.get(), true, false, when);
}

net::Addr Listener::Addr() const {
  if (socket_ == nullptr) return {};
  return ToAddr(socket_->network(), socket_->local());
}

// --- Streams -----------------------------------------------------------------

absl::Status ReadFull(const Conn& conn, std::span<char> buffer) {
  for (size_t done = 0; done < buffer.size();) {
    absl::StatusOr<size_t> got = conn.Read(buffer.subspan(done));
    if (!got.ok()) return got.status();
    if (*got == 0) {
      return done == 0 ? absl::OutOfRangeError("EOF")
                       : absl::DataLossError("unexpected EOF");
    }
    done += *got;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ReadAll(const Conn& conn, size_t limit) {
  constexpr size_t kFirst = 4096;
  std::string all;
  for (size_t size = 0;;) {
    // One more than the limit, to see that there is more.
    size_t room = std::max(kFirst, 2 * size);
    if (limit < room) room = std::max(limit, size) + 1;
    all.resize(room);
    absl::StatusOr<size_t> got = conn.Read(std::span(all).subspan(size));
    if (!got.ok()) return got.status();
    size += *got;
    if (size > limit) {
      return absl::ResourceExhaustedError("more than " + std::to_string(limit) +
                                          " bytes");
    }
    if (*got == 0) {
      all.resize(size);
      return all;
    }
  }
}

}  // namespace rt::net
