// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/net.h"
#include "runtime/runtime.h"
#include "tests/bench/benchmarks.h"

namespace bench {
namespace {

constexpr int kConnections = 64;
using Message = std::array<char, 64>;

std::string_view Text(const Message& message) {
  return {message.data(), message.size()};
}

// Until the other end hangs up.
void Echo(const rt::net::Conn& conn) {
  Message message;
  while (rt::net::ReadFull(conn, message).ok() &&
         conn.Write(Text(message)).ok()) {
  }
}

// Requests per second over TCP on the loopback interface, with client and
// server goroutines in this process, 64 of each, a connection for each pair.
// One op: the client writes 64 bytes, the server reads all of them and writes
// them back, the client reads all of them. One repetition is 400 ms, after a
// warm-up of 200 ms. The goroutines are left to the end of the process.
std::vector<Series> NetpollEcho(const std::string& name, Effort effort) {
  absl::StatusOr<rt::net::Listener> listener =
      rt::net::Listen("tcp", "127.0.0.1:0");
  Check(listener.ok(), "cannot listen on the loopback interface");
  rt::Go([listener = *listener] {
    for (;;) {
      absl::StatusOr<rt::net::Conn> conn = listener.Accept();
      Check(conn.ok(), "cannot accept");
      rt::Go([conn = *conn] { Echo(conn); });
    }
  });
  static std::atomic<int64_t> requests{0};
  for (int i = 0; i < kConnections; ++i) {
    absl::StatusOr<rt::net::Conn> conn =
        rt::net::Dial("tcp", listener->Addr().address);
    Check(conn.ok(), "cannot dial");
    rt::Go([conn = *conn] {
      for (Message message = {};; ++requests) {
        Check(conn.Write(Text(message)).ok(), "cannot write");
        Check(rt::net::ReadFull(conn, message).ok(), "cannot read");
      }
    });
  }
  rt::Sleep(absl::Milliseconds(effort.Count(200, 1)));
  Series series{name, "req/s", {}};
  for (int i = 0; i < effort.reps; ++i) {
    int64_t before = requests;
    Clock::time_point start = Clock::now();
    rt::Sleep(absl::Milliseconds(effort.Count(400, 10)));
    auto done = static_cast<double>(requests - before);
    series.samples.push_back(done * 1e9 / Ns(Clock::now() - start));
  }
  return {series};
}

}  // namespace

std::vector<Benchmark> NetworkBenchmarks() {
  return {{"netpoll_echo", NetpollEcho}};
}

}  // namespace bench
