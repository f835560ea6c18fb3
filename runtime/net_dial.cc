// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How sockets come to be: Listen, Dial, Pipe, FromFd.

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/chan.h"
#include "runtime/context.h"
#include "runtime/internal/host.h"
#include "runtime/internal/net_fd.h"
#include "runtime/internal/net_socket.h"
#include "runtime/internal/sock_addr.h"
#include "runtime/net.h"

namespace rt::net {
namespace {

namespace host = rt::internal::host;
using rt::internal::kErrCanceled;
using rt::internal::kErrTimeout;
using rt::internal::LocalAddrOf;
using rt::internal::NetError;
using rt::internal::NetFd;
using rt::internal::NetSocket;
using rt::internal::RemoteAddrOf;
using rt::internal::Resolved;
using rt::internal::SockAddr;

// An open descriptor that is nobody's yet.
class OwnedFd {
 public:
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  ~OwnedFd() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  void Release() { fd_ = -1; }

 private:
  int fd_;
};

void SetOn(int fd, int level, int option, int value = 1) {
  setsockopt(fd, level, option, &value, sizeof(value));
}

NetFd::Kind KindOf(const SockAddr& address) {
  return address.family() == AF_UNIX ? NetFd::Kind::kSocket : NetFd::Kind::kTcp;
}

absl::Status CheckNetwork(std::string_view op, std::string_view network) {
  for (std::string_view known : {"tcp", "tcp4", "tcp6", "unix"}) {
    if (network == known) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      std::string(op) + " " + std::string(network) + ": unknown network " +
      std::string(network));
}

absl::Status ResolveError(std::string_view op, std::string_view network,
                          const Resolved& resolved) {
  std::string text =
      std::string(op) + " " + std::string(network) + ": " + resolved.error;
  return absl::Status(resolved.code, text);
}

absl::StatusOr<Listener> ListenAt(std::string_view network, SockAddr address,
                                  std::string_view text, bool dual_stack) {
  auto failed = [&](std::string_view call, int error) {
    return NetError("listen", network, "", text, call, error);
  };
  OwnedFd fd(
      socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return failed("socket", errno);
  if (address.family() == AF_INET6) {
    SetOn(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, dual_stack ? 0 : 1);
  }
  // A port that a connection of an earlier run still lingers on is free.
  if (address.family() != AF_UNIX) SetOn(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  if (bind(fd.get(), address.get(), address.size) != 0) {
    return failed("bind", errno);
  }
  // The kernel cuts it down to net.core.somaxconn.
  constexpr int kBacklog = 65535;
  if (listen(fd.get(), kBacklog) != 0) return failed("listen", errno);
  std::unique_ptr<NetFd> net_fd;
  if (int error = NetFd::Make(fd.get(), NetFd::Kind::kSocket,
                              /*connecting=*/false, &net_fd);
      error != 0) {
    return failed("epoll_ctl", error);
  }
  SockAddr local = LocalAddrOf(fd.get());
  fd.Release();
  SockAddr nobody;
  nobody.size = 0;
  return Listener(std::make_shared<NetSocket>(std::move(net_fd),
                                              std::string(network), local,
                                              nobody, /*listening=*/true));
}

// Why ctx is done.
int ErrorOf(const Context& ctx) {
  return absl::IsDeadlineExceeded(ctx.Err()) ? kErrTimeout : kErrCanceled;
}

// Waits for a connect that is under way.
int FinishConnect(const Context& ctx, NetFd& fd) {
  if (!ctx.Done()) return fd.FinishConnect();
  // Ends the wait by a deadline in the past.
  auto interrupted = MakeChan<bool>(1);
  StopFunc stop = AfterFunc(ctx, [&fd, interrupted] {
    fd.SetDeadline(false, true, 0);
    interrupted.Send(true);
  });
  int error = fd.FinishConnect();
  if (stop()) return error;
  interrupted.Recv();
  return error == 0 || error == kErrTimeout ? ErrorOf(ctx) : error;
}

absl::StatusOr<Conn> DialOne(const Context& ctx, std::string_view network,
                             const SockAddr& address) {
  auto failed = [&](std::string_view call, int error) {
    return NetError("dial", network, "", address.Text(), call, error);
  };
  OwnedFd fd(
      socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return failed("socket", errno);
  if (address.family() != AF_UNIX) {
    SetOn(fd.get(), IPPROTO_TCP, TCP_NODELAY);
  }
  bool connecting = false;
  if (connect(fd.get(), address.get(), address.size) != 0) {
    // Interrupted, it goes on as one that is in progress.
    connecting = errno == EINPROGRESS || errno == EINTR;
    if (!connecting) return failed("connect", errno);
  }
  std::unique_ptr<NetFd> net_fd;
  if (int error = NetFd::Make(fd.get(), KindOf(address), connecting, &net_fd);
      error != 0) {
    return failed("epoll_ctl", error);
  }
  int number = fd.get();
  fd.Release();
  if (connecting) {
    if (int error = FinishConnect(ctx, *net_fd); error != 0) {
      return failed("connect", error);
    }
  }
  return Conn(std::make_shared<NetSocket>(
      std::move(net_fd), std::string(network), LocalAddrOf(number),
      RemoteAddrOf(number), /*listening=*/false));
}

// Two sockets that dial each other at the same time become one connection; so
// may one that dials its own port, which the kernel had chosen for it just
// then. Nobody who dials wants that.
bool IsSelfConnection(const Conn& conn) {
  return conn.LocalAddr().network != "unix" &&
         conn.LocalAddr().address == conn.RemoteAddr().address;
}

}  // namespace

absl::StatusOr<Listener> Listen(std::string_view network,
                                std::string_view address) {
  host::RefuseExplored("rt::net::Listen");
  if (absl::Status status = CheckNetwork("listen", network); !status.ok()) {
    return status;
  }
  Resolved resolved =
      rt::internal::Resolve(Background(), network, address, /*passive=*/true);
  if (resolved.addresses.empty()) {
    return ResolveError("listen", network, resolved);
  }
  if (!resolved.wildcard) {
    // Of a name's addresses, as Go: that of IPv4, if it has one.
    const SockAddr* best = &resolved.addresses[0];
    for (const SockAddr& at : resolved.addresses) {
      if (best->family() != AF_INET && at.family() == AF_INET) best = &at;
    }
    return ListenAt(network, *best, best->Text(), /*dual_stack=*/false);
  }
  // All addresses: one socket for IPv6 and IPv4, or what the machine has.
  absl::StatusOr<Listener> listener = absl::UnavailableError("");
  for (int family : {AF_INET6, AF_INET}) {
    for (const SockAddr& at : resolved.addresses) {
      if (at.family() != family) continue;
      listener =
          ListenAt(network, at, address, /*dual_stack=*/network == "tcp");
      if (listener.ok()) return listener;
    }
  }
  return listener;
}

absl::StatusOr<Conn> Dial(std::string_view network, std::string_view address) {
  return DialContext(Background(), network, address);
}

absl::StatusOr<Conn> DialTimeout(std::string_view network,
                                 std::string_view address,
                                 absl::Duration timeout) {
  auto [ctx, cancel] = WithTimeout(Background(), timeout);
  absl::StatusOr<Conn> conn = DialContext(ctx, network, address);
  cancel();
  return conn;
}

absl::StatusOr<Conn> DialContext(const Context& ctx, std::string_view network,
                                 std::string_view address) {
  host::RefuseExplored("rt::net::Dial");
  if (absl::Status status = CheckNetwork("dial", network); !status.ok()) {
    return status;
  }
  Resolved resolved =
      rt::internal::Resolve(ctx, network, address, /*passive=*/false);
  if (resolved.addresses.empty()) {
    return ResolveError("dial", network, resolved);
  }
  // The first address is the best one, so its error is the one to report.
  absl::Status first;
  for (const SockAddr& at : resolved.addresses) {
    if (!ctx.Err().ok()) {
      if (!first.ok()) break;
      return NetError("dial", network, "", at.Text(), "", ErrorOf(ctx));
    }
    absl::StatusOr<Conn> conn = DialOne(ctx, network, at);
    for (int retry = 0; retry < 2 && conn.ok() && IsSelfConnection(*conn);
         ++retry) {
      conn = DialOne(ctx, network, at);
    }
    if (conn.ok()) return conn;
    if (first.ok()) first = conn.status();
  }
  return first;
}

absl::StatusOr<PipeEnds> Pipe() {
  host::RefuseExplored("rt::net::Pipe");
  int fds[2];
  if (pipe2(fds, O_NONBLOCK | O_CLOEXEC) != 0) {
    return NetError("pipe", "", "", "", "pipe2", errno);
  }
  OwnedFd writer(fds[1]);
  absl::StatusOr<Conn> from = FromFd(fds[0]);
  if (!from.ok()) return from.status();
  writer.Release();
  absl::StatusOr<Conn> to = FromFd(fds[1]);
  if (!to.ok()) return to.status();
  return PipeEnds{*from, *to};
}

absl::StatusOr<Conn> FromFd(int number) {
  host::RefuseExplored("rt::net::FromFd");
  OwnedFd fd(number);
  int flags = fcntl(number, F_GETFL);
  if (flags < 0 || fcntl(number, F_SETFL, flags | O_NONBLOCK) != 0) {
    return NetError("file", "", "", "", "fcntl", errno);
  }
  SockAddr local = LocalAddrOf(number);
  SockAddr remote = RemoteAddrOf(number);
  std::unique_ptr<NetFd> net_fd;
  if (int error = NetFd::Make(
          number, local.size > 0 ? NetFd::Kind::kSocket : NetFd::Kind::kFile,
          /*connecting=*/false, &net_fd);
      error != 0) {
    return NetError("file", "", "", "", "epoll_ctl", error);
  }
  fd.Release();
  const char* network = local.size == 0             ? "file"
                        : local.family() == AF_UNIX ? "unix"
                                                    : "tcp";
  return Conn(std::make_shared<NetSocket>(std::move(net_fd), network, local,
                                          remote, /*listening=*/false));
}

}  // namespace rt::net
