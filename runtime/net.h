// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Connections between programs: TCP, Unix sockets, pipes.
//
//   absl::StatusOr<net::Listener> listener = net::Listen("tcp", "127.0.0.1:0");
//   for (;;) {
//     absl::StatusOr<net::Conn> conn = listener->Accept();
//     if (!conn.ok()) break;
//     rt::Go([conn = *conn] { Serve(conn); });
//   }
//
// Write one goroutine per connection, in straight lines: a call that has to
// wait blocks its goroutine and nothing else. The scheduler learns from the
// kernel (epoll) who can go on.
//
// Listener and Conn are handles, as Chan is: copies share the socket, which is
// closed with the last of them, or by Close. A handle made by `Conn{}` is
// closed from the start.
//
// Threads:   every method from any goroutine, several at once: one that reads
//            and one that writes do not wait for each other; of two that read,
//            or write, the second one waits for the first. Not from plain
//            threads.
// Blocks:    Accept, Read, Write, Dial and Listen (while they look up a name):
//            the goroutine. A deadline, a Close by another goroutine, and the
//            other end ends the wait.
// Ordering:  what a goroutine does before a Write is visible after the Read, in
//            the same process, that returns its last byte.
// Failure:   a status whose text is Go's, "dial tcp 127.0.0.1:1: connect:
//            connection refused", and whose code tells what happened:
//              kCancelled         closed by this program, before or meanwhile,
//                                 or the context was cancelled
//              kDeadlineExceeded  the deadline has passed: "i/o timeout"
//              kOutOfRange        the end of the stream (ReadFull)
//              kInvalidArgument   a network or address that is none
//              other              what absl::ErrnoToStatusCode makes of the
//                                 kernel's error
//            No SIGPIPE is raised.
// Explorer:  not for programs that are explored: they are refused.

#ifndef RUNTIME_NET_H_
#define RUNTIME_NET_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/context.h"

namespace rt::internal {
class NetSocket;
}  // namespace rt::internal

namespace rt::net {

// One end: ("tcp", "127.0.0.1:8080"), ("tcp", "[::1]:80"), ("unix", "/tmp/x"),
// ("unix", "@name") for an abstract one, ("unix", "@") for one without a name.
struct Addr {
  std::string network;
  std::string address;
  int port = 0;  // 0 for what has none.
};

class Conn {
 public:
  Conn() = default;
  explicit Conn(std::shared_ptr<rt::internal::NetSocket> socket)
      : socket_(std::move(socket)) {}

  // Waits for data and returns how many bytes it stored, as many as there are:
  // at least 1, at most buffer.size(). 0 is the end of the stream (or of an
  // empty buffer).
  absl::StatusOr<size_t> Read(std::span<char> buffer) const;

  // Writes all of it, or says why not; some of it may have been sent then. That
  // it was written does not mean that it has arrived.
  absl::Status Write(std::string_view data) const;

  // No more of one direction: CloseWrite lets the other end read the end of the
  // stream, while this one can go on reading; CloseRead ends this end's Reads.
  // For sockets; of a pipe, Close the end.
  absl::Status CloseRead() const;
  absl::Status CloseWrite() const;

  // No more of either. Calls of other goroutines that wait return kCancelled
  // before this one returns; so does a second Close.
  absl::Status Close() const;

  // When Reads and Writes are to give up, also those that wait already; data
  // that is there is not read after it either. absl::InfiniteFuture(): never,
  // as in the beginning. On the clock of rt::Now().
  absl::Status SetDeadline(absl::Time when) const;
  absl::Status SetReadDeadline(absl::Time when) const;
  absl::Status SetWriteDeadline(absl::Time when) const;

  // Whether small writes are sent at once (TCP; true from the start), or
  // collected while earlier ones are not acknowledged (Nagle's algorithm).
  absl::Status SetNoDelay(bool no_delay) const;

  Addr LocalAddr() const;
  Addr RemoteAddr() const;

  // Whether it is a handle of something, closed or not.
  explicit operator bool() const { return socket_ != nullptr; }

 private:
  std::shared_ptr<rt::internal::NetSocket> socket_;
};

class Listener {
 public:
  Listener() = default;
  explicit Listener(std::shared_ptr<rt::internal::NetSocket> socket)
      : socket_(std::move(socket)) {}

  // Waits for somebody who dials. kResourceExhausted if there are too many open
  // files: the caller stays in the queue, so try again when some are closed.
  absl::StatusOr<Conn> Accept() const;

  // Accepts that wait return kCancelled; so does a second Close. Who is in the
  // queue is refused. The file of a Unix socket is removed.
  absl::Status Close() const;

  // When Accepts are to give up; see Conn.
  absl::Status SetDeadline(absl::Time when) const;

  // With the port that the kernel has chosen, if it was asked for port 0.
  net::Addr Addr() const;

  explicit operator bool() const { return socket_ != nullptr; }

 private:
  std::shared_ptr<rt::internal::NetSocket> socket_;
};

// Networks: "tcp", "tcp4", "tcp6", "unix". Addresses: "host:port", where the
// host is a name or a number ("[::1]" if it has colons) and the port a number
// or a service's name; or a path.

// ":8080" listens on all addresses of the machine, of IPv4 and IPv6; port 0 on
// any free one.
absl::StatusOr<Listener> Listen(std::string_view network,
                                std::string_view address);

// Tries the addresses of a name one after the other; ":8080" is this machine.
absl::StatusOr<Conn> Dial(std::string_view network, std::string_view address);

// Gives up after `timeout`, all addresses together.
absl::StatusOr<Conn> DialTimeout(std::string_view network,
                                 std::string_view address,
                                 absl::Duration timeout);

// Gives up when ctx is done, wherever it is: "i/o timeout" for a deadline,
// "operation was canceled" else. The connection is not bound to ctx.
absl::StatusOr<Conn> DialContext(const Context& ctx, std::string_view network,
                                 std::string_view address);

// A pipe of the kernel: what is written to `writer` can be read from `reader`.
struct PipeEnds {
  Conn reader;
  Conn writer;
};
absl::StatusOr<PipeEnds> Pipe();

// Takes over an open descriptor: a socket, a pipe, a terminal. It becomes
// non-blocking, for whoever else shares the open file, too. What is always
// ready, as a file on disk, cannot be waited for (kPermissionDenied): use
// rt::Blocking. `fd` is closed if this fails.
absl::StatusOr<Conn> FromFd(int fd);

// Fills the buffer. kOutOfRange, "EOF", if the stream ends before its first
// byte; kDataLoss, "unexpected EOF", if it ends later.
absl::Status ReadFull(const Conn& conn, std::span<char> buffer);

// Reads to the end; kResourceExhausted if that is more than `limit` bytes.
absl::StatusOr<std::string> ReadAll(const Conn& conn,
                                    size_t limit = size_t{64} << 20);

}  // namespace rt::net

#endif  // RUNTIME_NET_H_
