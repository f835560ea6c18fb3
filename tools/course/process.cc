// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tools/course/process.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

extern char** environ;

namespace course {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(100);

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Reset(); }
  int get() const { return fd_; }
  void Reset(int fd = -1) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }

 private:
  int fd_;
};

// While it lives, the signals arrive at fd() instead of ending the program.
class SignalsAsInput {
 public:
  SignalsAsInput() {
    sigset_t set;
    sigemptyset(&set);
    for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) {
      sigaddset(&set, signal);
    }
    sigprocmask(SIG_BLOCK, &set, &before_);
    fd_.Reset(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  SignalsAsInput(const SignalsAsInput&) = delete;
  SignalsAsInput& operator=(const SignalsAsInput&) = delete;
  ~SignalsAsInput() { sigprocmask(SIG_SETMASK, &before_, nullptr); }

  int fd() const { return fd_.get(); }
  const sigset_t& before() const { return before_; }

  // Takes what has arrived; true if one of it asks the program to end.
  bool TakeInterruption() {
    bool interrupted = false;
    signalfd_siginfo info;
    while (read(fd_.get(), &info, sizeof info) == sizeof info) {
      if (info.ssi_signo != SIGCHLD) interrupted = true;
    }
    return interrupted;
  }

 private:
  sigset_t before_;
  Descriptor fd_;
};

// The parent's and the child's end of a channel for one output stream.
struct Stream {
  Descriptor parent;
  Descriptor child;
  Sink sink;

  bool OpenPipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    parent.Reset(ends[0]);
    child.Reset(ends[1]);
    return true;
  }

  // A terminal that passes bytes through unchanged.
  bool OpenTerminal() {
    int ours, theirs;
    if (openpty(&ours, &theirs, nullptr, nullptr, nullptr) != 0) return false;
    parent.Reset(ours);
    child.Reset(theirs);
    fcntl(ours, F_SETFD, FD_CLOEXEC);
    fcntl(theirs, F_SETFD, FD_CLOEXEC);
    termios modes;
    if (tcgetattr(theirs, &modes) == 0) {
      cfmakeraw(&modes);
      tcsetattr(theirs, TCSANOW, &modes);
    }
    winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
      ioctl(theirs, TIOCSWINSZ, &size);
    }
    return true;
  }

  // Hands on what there is; closes the parent's end when nobody writes.
  void Drain() {
    char buffer[4096];
    while (parent.get() >= 0) {
      pollfd p{parent.get(), POLLIN, 0};
      if (poll(&p, 1, 0) <= 0) return;
      const ssize_t n = read(parent.get(), buffer, sizeof buffer);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) {  // a terminal without a writer says EIO
        parent.Reset();
        return;
      }
      sink(std::string(buffer, n));
    }
  }
};

absl::Status Failure(const std::string& what) {
  const int error = errno;
  return absl::UnavailableError(what + ": " + std::strerror(error));
}

absl::StatusOr<pid_t> Spawn(const ProcessOptions& options, const sigset_t& mask,
                            int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                   O_RDONLY, 0);
  if (out >= 0) posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  if (err >= 0) posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  if (!options.cwd.empty()) {
    posix_spawn_file_actions_addchdir_np(&actions, options.cwd.c_str());
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &mask);
  std::vector<char*> argv;
  for (const std::string& arg : options.argv) {
    argv.push_back(const_cast<char*>(arg.c_str()));
  }
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error =
      posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    errno = error;
    return Failure("cannot start " + options.argv[0]);
  }
  return pid;
}

int ShellCode(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

absl::StatusOr<ProcessResult> RunProcess(const ProcessOptions& options) {
  Stream out, err;
  out.sink = options.on_stdout;
  err.sink = options.on_stderr;
  if (out.sink) {
    const bool terminal = options.terminal && isatty(STDOUT_FILENO) == 1;
    if (!(terminal && out.OpenTerminal()) && !out.OpenPipe()) {
      return Failure("cannot make a pipe");
    }
  }
  if (err.sink && !err.OpenPipe()) return Failure("cannot make a pipe");
  Descriptor log;
  if (!options.log_path.empty()) {
    log.Reset(open(options.log_path.c_str(),
                   O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    if (log.get() < 0) return Failure("cannot write " + options.log_path);
  }

  int out_fd = out.sink ? out.child.get() : log.get();
  if (out_fd < 0 && options.stdout_to_stderr) out_fd = STDERR_FILENO;
  SignalsAsInput signals;
  absl::StatusOr<pid_t> spawned = Spawn(options, signals.before(), out_fd,
                                        err.sink ? err.child.get() : log.get());
  if (!spawned.ok()) return spawned.status();
  const pid_t pid = *spawned;
  out.child.Reset();
  err.child.Reset();

  ProcessResult result;
  std::optional<Clock::time_point> kill_at;
  Clock::time_point next_tick = Clock::now() + kTick;
  for (;;) {
    pollfd inputs[] = {{signals.fd(), POLLIN, 0},
                       {out.parent.get(), POLLIN, 0},
                       {err.parent.get(), POLLIN, 0}};
    poll(inputs, 3, static_cast<int>(kTick.count()));
    out.Drain();
    err.Drain();
    if (signals.TakeInterruption()) {
      // The second one means: now.
      kill(-pid, result.interrupted ? SIGKILL : SIGINT);
      if (!result.interrupted) {
        kill_at = Clock::now() + std::chrono::seconds(options.grace_seconds);
      }
      result.interrupted = true;
    }
    if (kill_at && Clock::now() > *kill_at) kill(-pid, SIGKILL);
    // Look without reaping: the group's number must stay ours until the
    // stragglers are killed.
    siginfo_t info{};
    if (waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        info.si_pid == pid) {
      break;
    }
    if (options.on_tick && Clock::now() >= next_tick) {
      next_tick = Clock::now() + kTick;
      options.on_tick();
    }
  }
  kill(-pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  out.Drain();
  err.Drain();
  result.exit_code = ShellCode(status);
  return result;
}

}  // namespace course
