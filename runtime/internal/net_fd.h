// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// NetFd: a socket or pipe that goroutines read, write, accept from and close,
// all at once, and that blocks only them.
//
// Each call tries the non-blocking system call first and waits in the poller
// only if there is nothing. Close makes calls that wait return, lets them
// leave, and closes the descriptor after the last of them, so that its number
// cannot become another file's under a call that is still going on.
//
// Invariants:
//   F1  reading (accepting) happens under read_mu_, writing under write_mu_:
//       one goroutine at a time per side, a whole Write after another.
//   F2  fd_ and desc_ are used only under one of the three mutexes, after a
//   look
//       at closed_; Close sets closed_, then takes all three, then releases.
//
// After Go's internal/poll/fd_unix.go; its fdMutex is three of ours.
//
// Threads: every method from any goroutine.
// Blocks:  Read, Write, Accept, FinishConnect: the goroutine.

#ifndef RUNTIME_INTERNAL_NET_FD_H_
#define RUNTIME_INTERNAL_NET_FD_H_

#include <sys/socket.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

#include "runtime/internal/netpoll.h"
#include "runtime/mutex.h"

namespace rt::internal {

// Errors are errno values, 0 for none, and some of our own:
inline constexpr int kErrClosed = -1;    // Closed, by this side.
inline constexpr int kErrTimeout = -2;   // The deadline has passed.
inline constexpr int kErrCanceled = -3;  // The context was cancelled.

class NetFd {
 public:
  enum class Kind : uint8_t {
    kTcp,     // A TCP connection of our own making.
    kSocket,  // Another stream socket, or one that listens.
    kFile,    // A pipe, a terminal, ...
  };

  // A count of bytes, valid if error is 0 (Write: always), or an error.
  struct Result {
    size_t size = 0;
    int error = 0;
  };

  // Takes over `fd`, which is non-blocking. With `connecting` it waits for a
  // connect() that is under way. Returns an errno; then fd is still the
  // caller's.
  static int Make(int fd, Kind kind, bool connecting,
                  std::unique_ptr<NetFd>* out);
  ~NetFd();  // Nobody is inside. Closes.
  NetFd(const NetFd&) = delete;
  NetFd& operator=(const NetFd&) = delete;

  // At least one byte, unless size is 0; 0 bytes: the end of the stream.
  Result Read(char* to, size_t size);
  // All of it, or an error and how much was written before.
  Result Write(const char* from, size_t size);
  // A non-blocking, close-on-exec connection in result->size.
  Result Accept(sockaddr* peer, socklen_t* peer_size);
  // Waits until the connection is there, or not to be had.
  int FinishConnect();

  int Shutdown(int how);
  int SetOption(int level, int name, int value);
  // For Reads and Writes that go on or are to come; on NowNs's clock. kNever:
  // none. A time in the past ends them at once.
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
  int SetDeadline(bool reading, bool writing, int64_t when_ns);
  // kErrClosed if somebody else has closed it before.
  int Close();

 private:
  // Bytes that were read ahead of what was asked for.
  struct Ahead {
    static constexpr size_t kSize = 4096;
    size_t begin = 0;
    size_t end = 0;
    char bytes[kSize];
  };

  NetFd(int fd, Kind kind, PollDesc* desc)
      : fd_(fd), kind_(kind), desc_(desc) {}

  int Check(PollSide side);
  // As the system calls: -1 and errno. The first is not inlined: a compiler may
  // keep a thread-local's address across a switch to another thread.
  [[gnu::noinline]] ssize_t TryReadTcp(char* to, size_t size);
  ssize_t TryWrite(const char* from, size_t size);

  const int fd_;
  const Kind kind_;
  PollDesc* const desc_;
  std::atomic<bool> closed_{false};

  Mutex read_mu_;
  bool drained_ = false;  // The last read has left nothing: wait, then try.
  std::unique_ptr<Ahead> ahead_;
  Mutex write_mu_;
  Mutex control_mu_;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_NET_FD_H_
