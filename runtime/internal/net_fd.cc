// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/net_fd.h"

#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>

namespace rt::internal {
namespace {

// A write to a pipe that nobody reads raises SIGPIPE, unlike send(), which can
// be told not to. For the calling thread, holds it back and takes it away.
class NoSigPipe {
 public:
  NoSigPipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoSigPipe() {
    int error = errno;
    if (!sigismember(&before_, SIGPIPE)) {
      timespec now = {};
      while (sigtimedwait(&pipe_, nullptr, &now) < 0 && errno == EINTR) {
      }
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = error;
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
};

int ErrorOf(PollResult result) {
  switch (result) {
    case PollResult::kReady:
      return 0;
    case PollResult::kClosing:
      return kErrClosed;
    case PollResult::kExpired:
      return kErrTimeout;
  }
  return 0;
}

}  // namespace

int NetFd::Make(int fd, Kind kind, bool connecting,
                std::unique_ptr<NetFd>* out) {
  PollDesc* desc;
  int error = PollDesc::Open(fd, /*writing=*/connecting, &desc);
  if (error == 0) out->reset(new NetFd(fd, kind, desc));
  return error;
}

NetFd::~NetFd() { Close(); }

// May the system call be tried?
int NetFd::Check(PollSide side) {
  if (closed_.load(std::memory_order_acquire)) return kErrClosed;
  return ErrorOf(desc_->Check(side));
}

NetFd::Result NetFd::Read(char* to, size_t size) {
  std::scoped_lock lock(read_mu_);
  if (closed_.load(std::memory_order_acquire)) return {.error = kErrClosed};
  if (int error = ErrorOf(desc_->Look(PollSide::kRead)); error != 0) {
    return {.error = error};
  }
  if (size == 0) return {};
  if (ahead_ != nullptr && ahead_->begin < ahead_->end) {
    size = std::min(size, ahead_->end - ahead_->begin);
    std::memcpy(to, ahead_->bytes + ahead_->begin, size);
    ahead_->begin += size;
    return {.size = size};
  }
  for (;;) {
    // A read that finds nothing costs as much as a tenth of the exchange, so
    // where it is known to find nothing the wait comes first.
    PollResult may =
        drained_ ? desc_->Wait(PollSide::kRead) : desc_->Check(PollSide::kRead);
    // Also if it failed: it may have met the edge, and the deadline as well.
    drained_ = false;
    if (int error = ErrorOf(may); error != 0) return {.error = error};
    ssize_t got =
        kind_ == Kind::kTcp ? TryReadTcp(to, size) : read(fd_, to, size);
    if (got >= 0) return {.size = static_cast<size_t>(got)};
    if (errno == EAGAIN) {
      drained_ = true;
    } else if (errno != EINTR) {
      return {.error = errno};
    }
  }
}

// If a TCP connection gives less than there was room for, it is empty, and an
// edge will tell when it is not any more. Only what is reported once (the end
// of the stream, urgent data) may hide behind the data that came; and it may be
// empty though it gave all that was asked for, so a small read asks for more.
ssize_t NetFd::TryReadTcp(char* to, size_t size) {
  // Above this size the copy costs more than it may save.
  constexpr size_t kCopyMax = 1024;
  char* into = to;
  size_t room = size;
  if (size <= kCopyMax) {
    // Not on the stack: of a goroutine that waits, one page of it stays.
    static thread_local char buffer[Ahead::kSize];
    into = buffer;
    room = sizeof(buffer);
  }
  ssize_t got = recv(fd_, into, room, 0);
  if (got <= 0) return got;
  auto count = static_cast<size_t>(got);
  drained_ = count < room && !desc_->hung_up();
  if (into == to) return got;
  size_t wanted = std::min(size, count);
  std::memcpy(to, into, wanted);
  if (count > wanted) {
    if (ahead_ == nullptr) ahead_ = std::make_unique<Ahead>();
    ahead_->begin = 0;
    ahead_->end = count - wanted;
    std::memcpy(ahead_->bytes, into + wanted, ahead_->end);
  }
  return static_cast<ssize_t>(wanted);
}

NetFd::Result NetFd::Write(const char* from, size_t size) {
  std::scoped_lock lock(write_mu_);
  Result result;
  result.error = Check(PollSide::kWrite);
  while (result.error == 0 && result.size < size) {
    ssize_t sent = TryWrite(from + result.size, size - result.size);
    if (sent >= 0) {
      result.size += static_cast<size_t>(sent);
      // More only if nothing forbids it by now.
      if (result.size < size) result.error = Check(PollSide::kWrite);
    } else if (errno == EAGAIN) {
      result.error = ErrorOf(desc_->Wait(PollSide::kWrite));
    } else if (errno != EINTR) {
      result.error = errno;
    }
  }
  return result;
}

ssize_t NetFd::TryWrite(const char* from, size_t size) {
  if (kind_ != Kind::kFile) return send(fd_, from, size, MSG_NOSIGNAL);
  NoSigPipe no_signal;
  return write(fd_, from, size);
}

NetFd::Result NetFd::Accept(sockaddr* peer, socklen_t* peer_size) {
  std::scoped_lock lock(read_mu_);
  int error = Check(PollSide::kRead);
  socklen_t room = *peer_size;
  while (error == 0) {
    *peer_size = room;
    int fd = accept4(fd_, peer, peer_size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) return {.size = static_cast<size_t>(fd)};
    if (errno == EAGAIN) {
      error = ErrorOf(desc_->Wait(PollSide::kRead));
    } else if (errno != EINTR && errno != ECONNABORTED) {
      // The latter: whoever called has hung up; the next, please.
      error = errno;
    }
  }
  return {.error = error};
}

int NetFd::FinishConnect() {
  std::scoped_lock lock(write_mu_);
  for (;;) {
    PollResult may = desc_->Wait(PollSide::kWrite);
    if (may != PollResult::kReady) return ErrorOf(may);
    int error = 0;
    socklen_t size = sizeof(error);
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return error;
    // Or woken for nothing: "edge" is a hint.
    sockaddr_storage peer;
    size = sizeof(peer);
    if (getpeername(fd_, reinterpret_cast<sockaddr*>(&peer), &size) == 0) {
      return 0;
    }
    if (errno != ENOTCONN) return errno;
  }
}

int NetFd::Shutdown(int how) {
  std::scoped_lock lock(control_mu_);
  if (closed_.load(std::memory_order_acquire)) return kErrClosed;
  return shutdown(fd_, how) == 0 ? 0 : errno;
}

int NetFd::SetOption(int level, int name, int value) {
  std::scoped_lock lock(control_mu_);
  if (closed_.load(std::memory_order_acquire)) return kErrClosed;
  return setsockopt(fd_, level, name, &value, sizeof(value)) == 0 ? 0 : errno;
}

int NetFd::SetDeadline(bool reading, bool writing, int64_t when_ns) {
  std::scoped_lock lock(control_mu_);
  if (closed_.load(std::memory_order_acquire)) return kErrClosed;
  if (reading) desc_->SetDeadline(PollSide::kRead, when_ns);
  if (writing) desc_->SetDeadline(PollSide::kWrite, when_ns);
  return 0;
}

int NetFd::Close() {
  if (closed_.exchange(true, std::memory_order_acq_rel)) return kErrClosed;
  // F2: nobody releases desc_ but this call.
  desc_->Evict();
  std::scoped_lock all(read_mu_, write_mu_, control_mu_);
  desc_->Release();
  close(fd_);
  return 0;
}

}  // namespace rt::internal
