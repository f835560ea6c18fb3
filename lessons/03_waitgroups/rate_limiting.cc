// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Ten clients, a server that serves three at a time and refuses the rest.
//
// The clients keep to the limit themselves: `places` holds three tokens; who
// has none waits. The server (in this same program) counts its visitors.
//
// Look at: nobody is refused. Raise kPlaces to 4 and run it again. Unlike
// batches (limit_goroutines) a slow client holds one place, not all of them.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

#include "absl/time/time.h"
#include "runtime/runtime.h"

constexpr int kServerLimit = 3;
constexpr int kPlaces = 3;

int Check(int result) {
  if (result < 0) throw rt::Panic("a socket call failed");
  return result;
}

std::atomic<int> visitors = 0;

void Serve(int connection) {
  const bool full = visitors.fetch_add(1) >= kServerLimit;
  if (!full) rt::Sleep(absl::Milliseconds(3));  // The work.
  rt::Blocking([&] { return write(connection, full ? "-" : "+", 1); });
  visitors.fetch_sub(1);  // Before close: the client may go on when it sees it.
  close(connection);
}

bool Visit(const sockaddr_in& address) {
  const int s = Check(socket(AF_INET, SOCK_STREAM, 0));
  Check(rt::Blocking([&] {
    return connect(s, reinterpret_cast<const sockaddr*>(&address),
                   sizeof(address));
  }));
  char answer = '-', end;
  rt::Blocking([&] { return read(s, &answer, 1); });
  rt::Blocking([&] { return read(s, &end, 1); });  // Until the server closes.
  close(s);
  return answer == '+';
}

int main() {
  return rt::Run([] {
    const int server = Check(socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address = {};  // Any free port of this machine.
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    Check(bind(server, reinterpret_cast<sockaddr*>(&address), size));
    Check(listen(server, 16));
    Check(getsockname(server, reinterpret_cast<sockaddr*>(&address), &size));
    rt::Go([server] {
      for (;;) {
        rt::Go(Serve, Check(rt::Blocking(
                          [&] { return accept(server, nullptr, nullptr); })));
      }
    });

    std::atomic<int> served = 0;
    // [demo:places]
    auto places = rt::MakeChan<int>(kPlaces);  // Full: all are taken.
    rt::WaitGroup clients;
    for (int i = 0; i < 10; ++i) {
      places.Send(i);
      clients.Go([&] {
        if (Visit(address)) ++served;
        places.Recv();
      });
    }
    clients.Wait();
    // [/demo:places]
    std::printf("%d served, %d refused\n", served.load(), 10 - served.load());
  });
}

// Output:
// 10 served, 0 refused
