// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Listening and dialling: addresses, what is refused, what ends a wait.

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/net.h"
#include "runtime/runtime.h"
#include "tests/conformance/net_support.h"
#include "tests/support/runtime_test.h"

namespace rt::net {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

TEST(ListenerTest, CloseEndsAcceptsAndRefusesDials) {
  SKIP_WITHOUT_LOOPBACK(AF_INET);
  InRun([] {
    auto listener = Listen("tcp", "127.0.0.1:0");
    ASSERT_TRUE(listener.ok()) << Text(listener);
    Addr addr = listener->Addr();
    EXPECT_EQ(addr.network, "tcp");
    EXPECT_EQ(addr.address, "127.0.0.1:" + std::to_string(addr.port));
    WaitGroup wg;
    for (int i = 0; i < 3; ++i) {
      wg.Go([&] {
        auto conn = listener->Accept();
        EXPECT_EQ(conn.status().code(), absl::StatusCode::kCancelled);
        EXPECT_EQ(Text(conn), "accept tcp " + addr.address +
                                  ": use of closed network connection");
      });
    }
    WaitForWaiters(1);
    ExpectOk(listener->Close());
    wg.Wait();
    EXPECT_EQ(Text(listener->Close()), "close tcp " + addr.address +
                                           ": use of closed network "
                                           "connection");
    auto conn = Dial("tcp", addr.address);
    EXPECT_EQ(conn.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(Text(conn),
              "dial tcp " + addr.address + ": connect: connection refused");
  });
}

TEST(ListenerTest, ADeadlineEndsAccept) {
  TempFolder folder;
  InRun([&] {
    auto listener = Listen("unix", folder.Name("s"));
    ASSERT_TRUE(listener.ok()) << Text(listener);
    ExpectOk(listener->SetDeadline(rt::Now() + absl::Milliseconds(1)));
    auto conn = listener->Accept();
    EXPECT_EQ(conn.status().code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_THAT(Text(conn), MatchesRegex("accept unix /.*/s: i/o timeout"));
  });
}

TEST(ListenerTest, AnAddressInUseIsRefused) {
  SKIP_WITHOUT_LOOPBACK(AF_INET);
  TempFolder folder;
  InRun([&] {
    auto first = Listen("tcp", "127.0.0.1:0");
    ASSERT_TRUE(first.ok()) << Text(first);
    std::string address = first->Addr().address;
    EXPECT_EQ(Text(Listen("tcp", address)),
              "listen tcp " + address + ": bind: address already in use");
    std::string path = folder.Name("s");
    auto unix_first = Listen("unix", path);
    ASSERT_TRUE(unix_first.ok());
    EXPECT_EQ(Text(Listen("unix", path)),
              "listen unix " + path + ": bind: address already in use");
  });
}

TEST(ListenerTest, AUnixSocketsFileGoesWithIt) {
  TempFolder folder;
  InRun([&] {
    std::string path = folder.Name("s");
    for (bool close : {true, false}) {
      auto listener = Listen("unix", path);
      ASSERT_TRUE(listener.ok()) << Text(listener);
      EXPECT_EQ(listener->Addr().address, path);
      struct stat info;
      EXPECT_EQ(stat(path.c_str(), &info), 0);
      if (close) {
        ExpectOk(listener->Close());
        EXPECT_NE(stat(path.c_str(), &info), 0);
        EXPECT_THAT(
            Text(Dial("unix", path)),
            "dial unix " + path + ": connect: no such file or directory");
      }
    }
    struct stat info;
    EXPECT_NE(stat(path.c_str(), &info), 0);
  });
}

TEST(ListenerTest, AbstractUnixSocketsHaveNoFile) {
  InRun([] {
    std::string name = "@net_test_" + std::to_string(getpid());
    auto listener = Listen("unix", name);
    ASSERT_TRUE(listener.ok()) << Text(listener);
    EXPECT_EQ(listener->Addr().address, name);
    auto dialled = Dial("unix", name);
    ASSERT_TRUE(dialled.ok()) << Text(dialled);
    EXPECT_EQ(dialled->RemoteAddr().address, name);
    EXPECT_EQ(dialled->LocalAddr().address, "@");
    auto accepted = listener->Accept();
    ASSERT_TRUE(accepted.ok());
    ExpectOk(dialled->Write("x"));
    EXPECT_EQ(ReadSome(*accepted), "x");
  });
}

TEST(ListenerTest, NoHostIsAllAddresses) {
  SKIP_WITHOUT_LOOPBACK(AF_INET);
  InRun([] {
    auto listener = Listen("tcp", ":0");
    ASSERT_TRUE(listener.ok()) << Text(listener);
    std::string port = std::to_string(listener->Addr().port);
    std::vector<std::string> hosts = {"127.0.0.1", "localhost", ""};
    if (HasLoopback(AF_INET6)) hosts.push_back("[::1]");
    for (const std::string& host : hosts) {
      auto dialled = Dial("tcp", host + ":" + port);
      ASSERT_TRUE(dialled.ok()) << Text(dialled);
      auto accepted = listener->Accept();
      ASSERT_TRUE(accepted.ok());
      EXPECT_EQ(accepted->RemoteAddr().address, dialled->LocalAddr().address);
      EXPECT_EQ(accepted->LocalAddr().address, dialled->RemoteAddr().address);
    }
  });
}

TEST(ListenerTest, WhatIsInTheQueueIsAcceptedLater) {
  TempFolder folder;
  InRun([&] {
    auto listener = Listen("unix", folder.Name("s"));
    ASSERT_TRUE(listener.ok());
    std::vector<Conn> dialled;
    for (int i = 0; i < 20; ++i) {
      auto conn = Dial("unix", listener->Addr().address);
      ASSERT_TRUE(conn.ok()) << Text(conn);
      ExpectOk(conn->Write(std::to_string(i)));
      dialled.push_back(*conn);
    }
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(ReadSome(*listener->Accept()), std::to_string(i));
    }
  });
}

struct BadAddress {
  const char* network;
  const char* address;
  const char* error;
};

TEST(DialTest, AddressesThatAreNone) {
  InRun([] {
    const BadAddress kBad[] = {
        {"udp", "127.0.0.1:1", "udp: unknown network udp"},
        {"", "127.0.0.1:1", ": unknown network "},
        {"tcp", "127.0.0.1", "tcp: address 127.0.0.1: missing port in address"},
        {"tcp", "a:b:c", "tcp: address a:b:c: too many colons in address"},
        {"tcp", "::1:80", "tcp: address ::1:80: too many colons in address"},
        {"tcp", "[::1:80", "tcp: address [::1:80: missing ']' in address"},
        {"tcp", "[::1]", "tcp: address [::1]: missing port in address"},
        {"tcp", "127.0.0.1:99999", "tcp: address 99999: invalid port"},
        {"unix", "", "unix: address : empty path"},
    };
    for (const BadAddress& bad : kBad) {
      auto dialled = Dial(bad.network, bad.address);
      EXPECT_EQ(Text(dialled), std::string("dial ") + bad.error);
      EXPECT_EQ(dialled.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_EQ(Text(Listen(bad.network, bad.address)),
                std::string("listen ") + bad.error);
    }
    EXPECT_THAT(Text(Dial("unix", std::string(200, 'x'))),
                HasSubstr("path too long"));
    EXPECT_THAT(Text(Dial("tcp", "127.0.0.1:nosuchservice")),
                "dial tcp: lookup tcp/nosuchservice: unknown port");
    EXPECT_THAT(Text(Dial("tcp4", "[::1]:1")),
                HasSubstr("dial tcp4: lookup ::1: "));
  });
}

// A listener of this machine whose queue is full: it drops callers, who try
// again for seconds.
class FullListener {
 public:
  FullListener() {
    sockaddr_in in = {};
    in.sin_family = AF_INET;
    in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(in);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&in), size), 0);
    EXPECT_EQ(listen(fd_, 0), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&in), &size), 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(in.sin_port));
    for (;;) {
      auto conn = DialTimeout("tcp", address_, absl::Milliseconds(30));
      if (!conn.ok()) break;
      callers_.push_back(*std::move(conn));
      if (callers_.size() == 10) {
        ADD_FAILURE() << "its queue never fills";
        break;
      }
    }
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;
  ~FullListener() { close(fd_); }

  const std::string& address() const { return address_; }

 private:
  const int fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string address_;
  std::vector<Conn> callers_;
};

TEST(DialTest, ATimeoutEndsADialThatWaits) {
  SKIP_WITHOUT_LOOPBACK(AF_INET);
  InRun([] {
    FullListener full;
    for (absl::Duration timeout :
         {absl::Milliseconds(10), absl::ZeroDuration()}) {
      auto conn = DialTimeout("tcp", full.address(), timeout);
      EXPECT_EQ(conn.status().code(), absl::StatusCode::kDeadlineExceeded);
      EXPECT_EQ(Text(conn), "dial tcp " + full.address() + ": i/o timeout");
    }
    auto listener = Listen("tcp", "127.0.0.1:0");
    ASSERT_TRUE(listener.ok());
    EXPECT_TRUE(
        DialTimeout("tcp", listener->Addr().address, absl::InfiniteDuration())
            .ok());
  });
}

TEST(DialTest, AContextEndsADialThatWaits) {
  SKIP_WITHOUT_LOOPBACK(AF_INET);
  InRun([] {
    FullListener full;
    struct Case {
      absl::Duration timeout;
      bool cancel;
      std::string text;
    };
    for (const Case& c :
         {Case{absl::InfiniteDuration(), true, ": operation was canceled"},
          Case{absl::Hours(1), true, ": operation was canceled"},
          Case{absl::Milliseconds(10), false, ": i/o timeout"}}) {
      auto [ctx, cancel] = WithTimeout(Background(), c.timeout);
      WaitGroup wg;
      wg.Go([&, ctx = ctx] {
        auto conn = DialContext(ctx, "tcp", full.address());
        EXPECT_EQ(Text(conn), "dial tcp " + full.address() + c.text);
        EXPECT_EQ(conn.status().code(), ctx.Err().code());
      });
      if (c.cancel) {
        testing::WaitUntilBlocked(1);
        cancel();
      }
      wg.Wait();
      // Already over: nobody is asked.
      EXPECT_EQ(Text(DialContext(ctx, "tcp", full.address())),
                "dial tcp " + full.address() + c.text);
      EXPECT_EQ(Text(DialContext(ctx, "tcp", "localhost:80")),
                "dial tcp: lookup localhost" + c.text);
    }
  });
}

TEST(DialTest, AConnectionOutlivesItsContext) {
  SKIP_WITHOUT_LOOPBACK(AF_INET);
  InRun([] {
    auto listener = Listen("tcp", "127.0.0.1:0");
    ASSERT_TRUE(listener.ok());
    std::string port = std::to_string(listener->Addr().port);
    for (const char* host : {"127.0.0.1:", "localhost:"}) {
      auto [ctx, cancel] = WithTimeout(Background(), absl::Hours(1));
      auto conn = DialContext(ctx, "tcp4", host + port);
      ASSERT_TRUE(conn.ok()) << conn.status();
      auto accepted = listener->Accept();
      ASSERT_TRUE(accepted.ok()) << accepted.status();
      cancel();
      ExpectOk(conn->Write("x"));
      std::string buffer(1, '\0');
      ExpectOk(ReadFull(*accepted, buffer));
    }
  });
}

// Whatever is first: a connection that works, or an error.
TEST(DialTest, CancelRacesWithTheConnection) {
  SKIP_WITHOUT_LOOPBACK(AF_INET);
  InRun([] {
    auto listener = Listen("tcp", "127.0.0.1:0");
    ASSERT_TRUE(listener.ok());
    std::string address = listener->Addr().address;
    for (int round = 0; round < 200; ++round) {
      auto [ctx, cancel] = WithCancel(Background());
      WaitGroup wg;
      wg.Go([&, ctx = ctx] {
        auto conn = DialContext(ctx, "tcp", address);
        if (conn.ok()) {
          ExpectOk(conn->Write("x"));
        } else {
          EXPECT_EQ(Text(conn),
                    "dial tcp " + address + ": operation was canceled");
        }
      });
      for (int i = 0; i < round % 4; ++i) Gosched();
      cancel();
      wg.Wait();
    }
  });
}

TEST(ConnTest, AHandleOfNothingIsClosed) {
  InRun([] {
    Conn conn;
    std::string buffer(1, '\0');
    EXPECT_FALSE(conn);
    EXPECT_EQ(Text(conn.Read(buffer)),
              "read: use of closed network connection");
    EXPECT_EQ(Text(conn.Write("x")), "write: use of closed network connection");
    EXPECT_EQ(conn.Close().code(), absl::StatusCode::kCancelled);
    EXPECT_EQ(Listener().Accept().status().code(),
              absl::StatusCode::kCancelled);
  });
}

TEST(ConnTest, NoDelayIsOnUntilItIsTurnedOff) {
  SKIP_WITHOUT_LOOPBACK(AF_INET);
  InRun([] {
    Ends ends = Connect("tcp");
    ExpectOk(ends.a.SetNoDelay(false));
    ExpectOk(ends.a.SetNoDelay(true));
    Ends other = Connect("unix");
    EXPECT_THAT(Text(other.a.SetNoDelay(true)), StartsWith("set unix @: set"));
  });
}

}  // namespace
}  // namespace rt::net
