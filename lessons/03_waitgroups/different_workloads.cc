// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Four kinds of work in eight goroutines: who finishes when?
//
// Printing is done at once, computing keeps a processor, sleeping needs none,
// and a network request waits for somebody else. The runtime runs the ones
// that can run while the others wait.
//
// Look at: the order of the lines. The printers tend to be first and the
// network last; only the last line has a fixed place.

#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

#include "absl/time/time.h"
#include "runtime/runtime.h"

void Print(int n) { std::printf("print %d\n", n); }

void Compute(int n) {
  uint32_t x = static_cast<uint32_t>(n);
  for (int i = 0; i < 1'000'000; ++i) x = x * 1664525 + 1013904223;
  std::printf("compute %d%s\n", n, x == 0 ? " (zero!)" : "");
}

void Sleep(int n) {
  rt::Sleep(absl::Milliseconds(5));
  std::printf("sleep %d\n", n);
}

// A server at the other end of a pair of sockets answers after 10 ms.
// rt::Blocking lets other goroutines run while this one is in a system call.
void Network(int n) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
    throw rt::Panic("no sockets");
  }
  rt::WaitGroup server;
  server.Go([end = ends[1]] {
    char request;
    rt::Blocking([&] { return read(end, &request, 1); });
    rt::Sleep(absl::Milliseconds(10));
    rt::Blocking([&] { return write(end, &request, 1); });
  });
  char reply = '?';
  rt::Blocking([&] { return write(ends[0], "!", 1); });
  rt::Blocking([&] { return read(ends[0], &reply, 1); });
  server.Wait();
  close(ends[0]);
  close(ends[1]);
  std::printf("network %d says %c\n", n, reply);
}

int main() {
  return rt::Run([] {
    rt::WaitGroup wg;
    for (int n : {1, 2}) {
      for (auto work : {Network, Compute, Sleep, Print}) {
        wg.Go([work, n] { work(n); });
      }
    }
    wg.Wait();
    std::printf("all eight are done\n");
  });
}

// Unordered output:
// print 1
// print 2
// compute 1
// compute 2
// sleep 1
// sleep 2
// network 1 says !
// network 2 says !
// all eight are done
