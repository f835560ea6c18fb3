// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/conformance/net_support.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/internal/netpoll.h"
#include "runtime/net.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt::net {

using testing::YieldUntil;

std::string Text(const absl::Status& status) {
  return std::string(status.message());
}
void ExpectOk(const absl::Status& status) { EXPECT_EQ(Text(status), ""); }

bool HasLoopback(int family) {
  static const auto check = [](int family) {
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    sockaddr_in6 in6 = {};
    in6.sin6_family = AF_INET6;
    in6.sin6_addr = in6addr_loopback;
    sockaddr_in in = {};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool ok =
        (family == AF_INET
             ? bind(fd, reinterpret_cast<sockaddr*>(&in), sizeof(in))
             : bind(fd, reinterpret_cast<sockaddr*>(&in6), sizeof(in6))) == 0;
    ok = ok && listen(fd, 1) == 0;
    close(fd);
    return ok;
  };
  static const bool v4 = check(AF_INET);
  static const bool v6 = check(AF_INET6);
  return family == AF_INET ? v4 : v6;
}

TempFolder::TempFolder() {
  const char* base = std::getenv("TEST_TMPDIR");
  // Short: the path of a Unix socket has at most 107 characters.
  path_ = base != nullptr && std::string_view(base).size() < 60 ? base : "/tmp";
  path_ += "/net_test_XXXXXX";
  EXPECT_NE(mkdtemp(path_.data()), nullptr);
}

TempFolder::~TempFolder() {
  for (const std::string& name : names_) unlink(name.c_str());
  rmdir(path_.c_str());
}

std::string TempFolder::Name(const std::string& name) {
  names_.push_back(path_ + "/" + name);
  return names_.back();
}

Ends Connect(const std::string& network) {
  if (network == "socketpair") {
    int fds[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    return {*FromFd(fds[0]), *FromFd(fds[1])};
  }
  TempFolder folder;
  auto listener = Listen(network, network == "unix"   ? folder.Name("s")
                                  : network == "tcp6" ? "[::1]:0"
                                                      : "127.0.0.1:0");
  EXPECT_TRUE(listener.ok()) << Text(listener);
  auto accepted = MakeChan<Conn>(1);
  Go([listener = *listener, accepted] {
    auto conn = listener.Accept();
    EXPECT_TRUE(conn.ok()) << Text(conn);
    accepted.Send(*conn);
  });
  auto dialled = Dial(network, listener->Addr().address);
  EXPECT_TRUE(dialled.ok()) << Text(dialled);
  Ends ends{*dialled, *accepted.Recv()};
  ExpectOk(listener->Close());
  return ends;
}

std::string ReadSome(const Conn& conn, size_t size) {
  std::string buffer(size, '\0');
  auto got = conn.Read(buffer);
  EXPECT_TRUE(got.ok()) << Text(got);
  buffer.resize(got.ok() ? *got : 0);
  return buffer;
}

void WaitForWaiters(int count) {
  YieldUntil([&] { return rt::internal::Netpoll::Get().waiters() == count; });
}

// Made before any goroutine runs:
// who initialises a function's static may be preempted meanwhile, and others
// block their threads.
const std::string& kTooMuch = *new std::string(16 << 20, 'x');

absl::Time Past() { return rt::Now() - absl::Seconds(1); }

void InRun(absl::FunctionRef<void()> body) {
  EXPECT_EQ(rt::Run([&] { body(); }), 0);
}

void NetTest::Main(absl::FunctionRef<void()> body) {
  if (network() == "tcp") SKIP_WITHOUT_LOOPBACK(AF_INET);
  if (network() == "tcp6") SKIP_WITHOUT_LOOPBACK(AF_INET6);
  EXPECT_EQ(rt::Run([&] {
              GOMAXPROCS(std::get<1>(GetParam()));
              body();
              YieldUntil([] { return NumGoroutine() == 1; });
            }),
            0);
  EXPECT_EQ(rt::internal::Netpoll::Get().waiters(), 0);
}

}  // namespace rt::net
