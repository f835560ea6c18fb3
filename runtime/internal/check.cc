// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/check.h"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace rt::internal {

void ExitNow(int status) {
  for (;;) syscall(SYS_exit_group, status);
}

void WriteStderr(const char* text, unsigned long size) {
  while (size > 0) {
    ssize_t n = write(STDERR_FILENO, text, size);
    if (n < 0 && errno != EINTR) return;
    if (n > 0) {
      text += n;
      size -= static_cast<unsigned long>(n);
    }
  }
}

void CheckFailed(const char* condition, const char* what, const char* file,
                 int line) {
  char text[512];
  int n = snprintf(text, sizeof(text),
                   "fatal error: broken runtime invariant %s\n"
                   "\t%s:%d: %s is false\n",
                   what, file, line, condition);
  if (n > 0) WriteStderr(text, static_cast<unsigned long>(n));
  signal(SIGABRT, SIG_DFL);  // No report of a goroutine: the bug is ours.
  abort();
}

}  // namespace rt::internal
