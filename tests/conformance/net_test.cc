// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Connections: what they carry, how they end, what they say when they fail.

#include "runtime/net.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/internal/netpoll.h"
#include "runtime/internal/sched.h"
#include "runtime/internal/timer_heap.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt::net {
namespace {

using internal::ActiveScheduler;
using internal::TimerHeap;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;
using testing::YieldUntil;

std::string Text(const absl::Status& status) {
  return std::string(status.message());
}
template <typename T>
std::string Text(const absl::StatusOr<T>& result) {
  return Text(result.status());
}

void ExpectOk(const absl::Status& status) { EXPECT_EQ(Text(status), ""); }

// Whether the sandbox has the loopback interface that TCP needs.
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

#define SKIP_WITHOUT_LOOPBACK(family) \
  if (!HasLoopback(family))           \
  GTEST_SKIP() << "no loopback interface (" #family ")"

// A folder of its own for the files of Unix sockets.
class TempFolder {
 public:
  TempFolder() {
    const char* base = std::getenv("TEST_TMPDIR");
    // Short: the path of a Unix socket has at most 107 characters.
    path_ =
        base != nullptr && std::string_view(base).size() < 60 ? base : "/tmp";
    path_ += "/net_test_XXXXXX";
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
  }
  ~TempFolder() {
    for (const std::string& name : names_) unlink(name.c_str());
    rmdir(path_.c_str());
  }
  std::string Name(const std::string& name) {
    names_.push_back(path_ + "/" + name);
    return names_.back();
  }

 private:
  std::string path_;
  std::vector<std::string> names_;
};

struct Ends {
  Conn a;
  Conn b;
};

// Connected to each other by `network`.
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

std::string ReadSome(const Conn& conn, size_t size = 100) {
  std::string buffer(size, '\0');
  auto got = conn.Read(buffer);
  EXPECT_TRUE(got.ok()) << Text(got);
  buffer.resize(got.ok() ? *got : 0);
  return buffer;
}

void WaitForWaiters(int count) {
  YieldUntil([&] { return rt::internal::Netpoll::Get().waiters() == count; });
}

// More than the buffers of any connection hold. Made before any goroutine runs:
// who initialises a function's static may be preempted meanwhile, and others
// block their threads.
const std::string& kTooMuch = *new std::string(16 << 20, 'x');

absl::Time Past() { return rt::Now() - absl::Seconds(1); }

// --- Each kind of connection, at each GOMAXPROCS -----------------------------

class NetTest : public ::testing::TestWithParam<std::tuple<std::string, int>> {
 protected:
  const std::string& network() { return std::get<0>(GetParam()); }

  void Main(absl::FunctionRef<void()> body) {
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
};

INSTANTIATE_TEST_SUITE_P(
    Networks, NetTest,
    ::testing::Combine(::testing::Values("tcp", "tcp6", "unix", "socketpair"),
                       ::testing::Values(1, 2, 4, 16)),
    [](const auto& info) {
      return std::get<0>(info.param) + "_" +
             std::to_string(std::get<1>(info.param));
    });

TEST_P(NetTest, CarriesBytesBothWays) {
  Main([&] {
    Ends ends = Connect(network());
    ExpectOk(ends.a.Write("ping"));
    EXPECT_EQ(ReadSome(ends.b), "ping");
    ExpectOk(ends.b.Write("pong"));
    EXPECT_EQ(ReadSome(ends.a), "pong");
  });
}

TEST_P(NetTest, AReaderWaitsForTheWriter) {
  Main([&] {
    Ends ends = Connect(network());
    WaitGroup wg;
    wg.Go([&] { EXPECT_EQ(ReadSome(ends.b), "late"); });
    WaitForWaiters(1);
    ExpectOk(ends.a.Write("late"));
    wg.Wait();
  });
}

TEST_P(NetTest, SmallReadsOfALargeWriteGetAllOfIt) {
  Main([&] {
    Ends ends = Connect(network());
    std::string sent;
    for (int i = 0; i < 10'000; ++i) sent += static_cast<char>('a' + i % 26);
    WaitGroup wg;
    wg.Go([&] {
      ExpectOk(ends.a.Write(sent));
      ExpectOk(ends.a.CloseWrite());
    });
    std::string got;
    for (size_t size = 1;; size = size % 97 + 1) {
      std::string part = ReadSome(ends.b, size);
      if (part.empty()) break;
      got += part;
    }
    EXPECT_EQ(got, sent);
    wg.Wait();
  });
}

TEST_P(NetTest, ALargeWriteWaitsForTheReader) {
  Main([&] {
    Ends ends = Connect(network());
    const std::string sent(8 << 20, 'x');
    std::atomic<bool> written{false};
    WaitGroup wg;
    wg.Go([&] {
      ExpectOk(ends.a.Write(sent));
      written = true;
      ExpectOk(ends.a.Close());
    });
    WaitForWaiters(1);
    EXPECT_FALSE(written);
    auto got = ReadAll(ends.b);
    ASSERT_TRUE(got.ok()) << Text(got);
    EXPECT_TRUE(*got == sent);
    wg.Wait();
  });
}

TEST_P(NetTest, WritesOfTwoGoroutinesDoNotMix) {
  Main([&] {
    Ends ends = Connect(network());
    constexpr size_t kSize = 1 << 20;
    WaitGroup wg;
    for (char c : {'a', 'b', 'c'}) {
      wg.Go([&, c] { ExpectOk(ends.a.Write(std::string(kSize, c))); });
    }
    std::string got(3 * kSize, '\0');
    ExpectOk(ReadFull(ends.b, got));
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(got.substr(i * kSize, kSize),
                std::string(kSize, got[i * kSize]));
    }
    wg.Wait();
  });
}

TEST_P(NetTest, HalfACloseLeavesTheOtherHalf) {
  Main([&] {
    Ends ends = Connect(network());
    ExpectOk(ends.a.Write("last words"));
    ExpectOk(ends.a.CloseWrite());
    EXPECT_EQ(ReadSome(ends.b), "last words");
    EXPECT_EQ(ReadSome(ends.b), "");
    EXPECT_EQ(ReadSome(ends.b), "");
    ExpectOk(ends.b.Write("answer"));
    EXPECT_EQ(ReadSome(ends.a), "answer");
    EXPECT_THAT(Text(ends.a.Write("more")), HasSubstr(": write: broken pipe"));
  });
}

// Data and the end of the stream may come in one event; and then the event is
// gone.
TEST_P(NetTest, TheEndIsSeenBehindTheData) {
  Main([&] {
    for (int i = 0; i < 50; ++i) {
      Ends ends = Connect(network());
      WaitGroup wg;
      wg.Go([&] {
        EXPECT_EQ(ReadSome(ends.b, 4), "data");
        EXPECT_EQ(ReadSome(ends.b, 4), "");
      });
      if (i % 2 == 0) WaitForWaiters(1);
      ExpectOk(ends.a.Write("data"));
      ExpectOk(i % 3 == 0 ? ends.a.CloseWrite() : ends.a.Close());
      wg.Wait();
    }
  });
}

TEST_P(NetTest, CloseReadEndsAReadThatWaits) {
  Main([&] {
    Ends ends = Connect(network());
    WaitGroup wg;
    wg.Go([&] { EXPECT_EQ(ReadSome(ends.b), ""); });
    WaitForWaiters(1);
    ExpectOk(ends.b.CloseRead());
    wg.Wait();
  });
}

TEST_P(NetTest, CloseEndsWhatWaits) {
  Main([&] {
    Ends ends = Connect(network());
    WaitGroup wg;
    // Two of each: the second ones wait for the first ones.
    for (int i = 0; i < 2; ++i) {
      wg.Go([&] {
        std::string buffer(10, '\0');
        auto got = ends.a.Read(buffer);
        EXPECT_EQ(got.status().code(), absl::StatusCode::kCancelled);
        EXPECT_THAT(Text(got),
                    MatchesRegex("read (tcp6?|unix) .*->.*: use of closed "
                                 "network connection"));
      });
      wg.Go([&] {
        absl::Status status = ends.a.Write(kTooMuch);
        EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
        EXPECT_THAT(Text(status), StartsWith("write "));
      });
    }
    WaitForWaiters(2);
    ExpectOk(ends.a.Close());
    wg.Wait();
    EXPECT_THAT(Text(ends.a.Close()),
                MatchesRegex("close (tcp6?|unix) .*->.*: use of closed network "
                             "connection"));
    EXPECT_EQ(ends.a.SetDeadline(Past()).code(), absl::StatusCode::kCancelled);
    EXPECT_EQ(ends.a.CloseWrite().code(), absl::StatusCode::kCancelled);
  });
}

TEST_P(NetTest, TheLastHandleCloses) {
  Main([&] {
    Ends ends = Connect(network());
    {
      Conn copy = ends.a;
      ends.a = Conn();
      ExpectOk(copy.Write("still here"));
      EXPECT_EQ(ReadSome(ends.b), "still here");
    }
    EXPECT_EQ(ReadSome(ends.b), "");
  });
}

TEST_P(NetTest, AReadOfNothingDoesNotWait) {
  Main([&] {
    Ends ends = Connect(network());
    auto got = ends.a.Read(std::span<char>());
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(*got, 0u);
    ExpectOk(ends.a.Write(""));
    ExpectOk(ends.a.Close());
    EXPECT_FALSE(ends.a.Read(std::span<char>()).ok());
  });
}

TEST_P(NetTest, ReadFullTellsHowTheStreamEnded) {
  Main([&] {
    Ends ends = Connect(network());
    ExpectOk(ends.a.Write("12345678"));
    ExpectOk(ends.a.CloseWrite());
    std::array<char, 6> buffer;
    ExpectOk(ReadFull(ends.b, buffer));
    absl::Status status = ReadFull(ends.b, buffer);
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(Text(status), "unexpected EOF");
    status = ReadFull(ends.b, buffer);
    EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_EQ(Text(status), "EOF");
  });
}

TEST_P(NetTest, ReadAllHasALimit) {
  Main([&] {
    Ends ends = Connect(network());
    for (size_t size : {0, 999, 1000, 1001, 5000}) {
      Ends pair = Connect(network());
      ExpectOk(pair.a.Write(std::string(size, 'x')));
      ExpectOk(pair.a.Close());
      auto got = ReadAll(pair.b, 1000);
      EXPECT_EQ(got.ok(), size <= 1000) << size;
      if (got.ok()) {
        EXPECT_EQ(got->size(), size);
      }
    }
  });
}

// --- Deadlines ---------------------------------------------------------------

TEST_P(NetTest, ADeadlineEndsWhatWaits) {
  Main([&] {
    Ends ends = Connect(network());
    absl::Time start = rt::Now();
    ExpectOk(ends.a.SetReadDeadline(start + absl::Milliseconds(10)));
    std::string buffer(10, '\0');
    auto got = ends.a.Read(buffer);
    EXPECT_EQ(got.status().code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_THAT(Text(got), MatchesRegex("read .*: i/o timeout"));
    EXPECT_GE(rt::Now() - start, absl::Milliseconds(10));
    // It stays so, also for data that is there.
    ExpectOk(ends.b.Write("late"));
    EXPECT_THAT(Text(ends.a.Read(buffer)), HasSubstr("i/o timeout"));
    // The other side has no deadline.
    ExpectOk(ends.a.Write("x"));
    // And it can be lifted.
    ExpectOk(ends.a.SetReadDeadline(absl::InfiniteFuture()));
    EXPECT_EQ(ReadSome(ends.a), "late");
  });
}

TEST_P(NetTest, AWriteDeadlineEndsAWriteThatWaits) {
  Main([&] {
    Ends ends = Connect(network());
    ExpectOk(ends.a.SetWriteDeadline(rt::Now() + absl::Milliseconds(10)));
    absl::Status status = ends.a.Write(kTooMuch);
    EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
    EXPECT_THAT(Text(status), MatchesRegex("write .*: i/o timeout"));
  });
}

TEST_P(NetTest, ADeadlineInThePastEndsWhatWaitsAtOnce) {
  Main([&] {
    Ends ends = Connect(network());
    WaitGroup wg;
    wg.Go([&] {
      std::string buffer(10, '\0');
      EXPECT_THAT(Text(ends.a.Read(buffer)), HasSubstr("i/o timeout"));
    });
    wg.Go([&] {
      EXPECT_THAT(Text(ends.a.Write(kTooMuch)), HasSubstr("i/o timeout"));
    });
    WaitForWaiters(2);
    ExpectOk(ends.a.SetDeadline(Past()));
    wg.Wait();
    ExpectOk(ends.b.Close());
  });
}

TEST_P(NetTest, ADeadlineMovesWhileSomebodyWaits) {
  Main([&] {
    WaitGroup wg;
    Ends ends;
    bool moved = false;
    // Again, if the machine was too slow to move it before it came.
    for (auto patience = absl::Milliseconds(20); !moved; patience *= 2) {
      ends = Connect(network());
      std::atomic<bool> has_read{false};
      std::string buffer(10, '\0');
      absl::StatusOr<size_t> got;
      absl::Time first = rt::Now() + patience;
      ExpectOk(ends.a.SetReadDeadline(first));
      wg.Go([&] {
        got = ends.a.Read(buffer);
        has_read = true;
      });
      YieldUntil([&] {
        return has_read || rt::internal::Netpoll::Get().waiters() == 1;
      });
      ExpectOk(ends.a.SetReadDeadline(first + absl::Hours(1)));
      moved = rt::Now() < first;
      Sleep(rt::Until(first) + absl::Milliseconds(1));
      EXPECT_TRUE(!moved || !has_read);
      ExpectOk(ends.b.Write("in time"));
      wg.Wait();
      EXPECT_TRUE(!moved || got.value_or(0) == 7) << got.status();
    }
    wg.Wait();
    // Nearer, too.
    wg.Go([&] {
      std::string buffer(10, '\0');
      EXPECT_THAT(Text(ends.a.Read(buffer)), HasSubstr("i/o timeout"));
    });
    WaitForWaiters(1);
    ExpectOk(ends.a.SetReadDeadline(rt::Now() + absl::Milliseconds(1)));
    wg.Wait();
  });
}

TEST_P(NetTest, ADeadlineThatNobodyMeetsDoesNothing) {
  Main([&] {
    for (int i = 0; i < 20; ++i) {
      Ends ends = Connect(network());
      ExpectOk(ends.a.SetDeadline(rt::Now() + absl::Microseconds(50 * i)));
      ExpectOk(ends.a.Close());
    }
    // What was not stopped has come by now.
    YieldUntil(
        [] { return ActiveScheduler()->NextTimerNs() == TimerHeap::kNever; });
    Ends ends = Connect(network());
    ExpectOk(ends.b.Write("x"));
    EXPECT_EQ(ReadSome(ends.a), "x");
  });
}

// Deadlines come, go and are met while data does: all ends are consistent.
TEST_P(NetTest, DeadlinesAndDataAtOnce) {
  Main([&] {
    Ends ends = Connect(network());
    constexpr int kBytes = 300;
    WaitGroup wg;
    wg.Go([&] {
      for (int i = 0; i < kBytes; ++i) {
        ExpectOk(ends.b.Write("x"));
        if (i % 8 == 0) Sleep(absl::Microseconds(30));
      }
    });
    int got = 0;
    while (got < kBytes) {
      ExpectOk(ends.a.SetReadDeadline(rt::Now() + absl::Microseconds(20)));
      std::array<char, 3> buffer;
      auto n = ends.a.Read(buffer);
      if (n.ok()) {
        got += static_cast<int>(*n);
      } else {
        EXPECT_THAT(Text(n), HasSubstr("i/o timeout"));
      }
    }
    wg.Wait();
    EXPECT_EQ(got, kBytes);
  });
}

// --- Listening and dialling --------------------------------------------------

void InRun(absl::FunctionRef<void()> body) {
  EXPECT_EQ(rt::Run([&] { body(); }), 0);
}

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

// --- Pipes and what else can be polled ---------------------------------------

TEST(PipeTest, CarriesBytesAndTheEnd) {
  InRun([] {
    auto pipe = Pipe();
    ASSERT_TRUE(pipe.ok()) << Text(pipe);
    WaitGroup wg;
    wg.Go([&] {
      auto all = ReadAll(pipe->reader);
      ASSERT_TRUE(all.ok()) << Text(all);
      EXPECT_EQ(all->size(), size_t{1} << 20);
    });
    WaitForWaiters(1);
    ExpectOk(pipe->writer.Write(std::string(1 << 20, 'x')));
    ExpectOk(pipe->writer.Close());
    wg.Wait();
  });
}

TEST(PipeTest, AWriteThatNobodyReadsFailsAndKillsNobody) {
  InRun([] {
    auto pipe = Pipe();
    ASSERT_TRUE(pipe.ok()) << Text(pipe);
    ExpectOk(pipe->reader.Close());
    absl::Status status = pipe->writer.Write("x");
    EXPECT_EQ(Text(status), "write file: write: broken pipe");
    // And SIGPIPE is not left behind.
    sigset_t pending;
    sigpending(&pending);
    EXPECT_FALSE(sigismember(&pending, SIGPIPE));
  });
}

TEST(PipeTest, ClosingEndsAWaitAtEitherEnd) {
  InRun([] {
    auto pipe = Pipe();
    ASSERT_TRUE(pipe.ok());
    WaitGroup wg;
    wg.Go([&] {
      EXPECT_THAT(Text(pipe->writer.Write(std::string(1 << 20, 'x'))),
                  HasSubstr("broken pipe"));
    });
    WaitForWaiters(1);
    ExpectOk(pipe->reader.Close());
    wg.Wait();
    auto other = Pipe();
    wg.Go([&] {
      std::string buffer(1, '\0');
      EXPECT_THAT(Text(other->reader.Read(buffer)),
                  HasSubstr("use of closed network connection"));
    });
    WaitForWaiters(1);
    ExpectOk(other->reader.Close());
    wg.Wait();
  });
}

TEST(FromFdTest, AFileOnDiskIsRefusedAndClosed) {
  InRun([] {
    char name[] = "/tmp/net_test_XXXXXX";
    int fd = mkstemp(name);
    ASSERT_GE(fd, 0);
    unlink(name);
    EXPECT_EQ(Text(FromFd(fd)), "file: epoll_ctl: operation not permitted");
    EXPECT_LT(fcntl(fd, F_GETFD), 0);
    EXPECT_THAT(Text(FromFd(-1)), "file: fcntl: bad file descriptor");
  });
}

// --- The process's limits ----------------------------------------------------

// Once all other goroutines, which may hold the last handle, have ended.
int CountFds() {
  YieldUntil([] { return NumGoroutine() == 1; });
  int count = 0;
  DIR* folder = opendir("/proc/self/fd");
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

TEST(ResourceTest, NoDescriptorIsLeaked) {
  InRun([] {
    Connect("unix");  // The poller's own are made on first use.
    int before = CountFds();
    for (int i = 0; i < 20; ++i) {
      Connect("unix");
      Connect("socketpair");
      if (HasLoopback(AF_INET)) Connect("tcp");
      ASSERT_TRUE(Pipe().ok());
      EXPECT_FALSE(Dial("unix", "/nowhere").ok());
      EXPECT_FALSE(Dial("tcp", "127.0.0.1:1").ok());
      EXPECT_FALSE(Listen("unix", "/nowhere/s").ok());
    }
    EXPECT_EQ(CountFds(), before);
  });
}

TEST(ResourceTest, TooManyOpenFilesIsAnErrorThatPasses) {
  TempFolder folder;
  InRun([&] {
    auto listener = Listen("unix", folder.Name("s"));
    ASSERT_TRUE(listener.ok());
    // Two callers in the queue, and room for less.
    std::vector<Conn> callers;
    for (int i = 0; i < 2; ++i) {
      callers.push_back(*Dial("unix", listener->Addr().address));
    }
    rlimit before;
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    int lowest_free = dup(0);
    close(lowest_free);
    rlimit low = before;
    low.rlim_cur = static_cast<rlim_t>(lowest_free);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
    auto conn = listener->Accept();
    auto dialled = Dial("unix", listener->Addr().address);
    auto pipe = Pipe();
    setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(conn.status().code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(Text(conn), "accept unix " + listener->Addr().address +
                              ": accept4: too many open files");
    EXPECT_THAT(Text(dialled), HasSubstr(": socket: too many open files"));
    EXPECT_EQ(Text(pipe), "pipe: pipe2: too many open files");
    // They are in the queue still.
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(listener->Accept().ok());
  });
}

TEST(ResourceTest, ThousandsOfConnectionsAtOnce) {
  InRun([] {
    rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    rlimit high = limit;
    high.rlim_cur = high.rlim_max;
    setrlimit(RLIMIT_NOFILE, &high);
    size_t count = std::min<size_t>(4000, (high.rlim_cur - 100) / 2);
    std::vector<Ends> all;
    for (size_t i = 0; i < count; ++i) all.push_back(Connect("socketpair"));
    WaitGroup wg;
    for (Ends& ends : all) {
      wg.Go([&] {
        std::array<char, 8> buffer;
        while (ReadFull(ends.b, buffer).ok()) {
          ExpectOk(ends.b.Write({buffer.data(), buffer.size()}));
        }
      });
    }
    WaitForWaiters(static_cast<int>(count));
    for (int round = 0; round < 3; ++round) {
      for (Ends& ends : all) ExpectOk(ends.a.Write("12345678"));
      for (Ends& ends : all) {
        std::array<char, 8> buffer;
        ExpectOk(ReadFull(ends.a, buffer));
      }
    }
    for (Ends& ends : all) ExpectOk(ends.a.Close());
    wg.Wait();
    setrlimit(RLIMIT_NOFILE, &limit);
  });
}

// Signals interrupt system calls, the poller's too.
TEST(ResourceTest, SignalsDoNoHarm) {
  struct sigaction action = {};
  action.sa_handler = [](int) {};  // No SA_RESTART.
  struct sigaction before;
  sigaction(SIGUSR1, &action, &before);
  std::atomic<bool> stop{false};
  std::thread pest([&] {
    while (!stop) {
      kill(getpid(), SIGUSR1);
      usleep(50);
    }
  });
  for (const char* network : {"unix", "socketpair"}) {
    InRun([&] {
      GOMAXPROCS(4);
      Ends ends = Connect(network);
      const std::string sent(16 << 20, 'x');
      WaitGroup wg;
      wg.Go([&] {
        ExpectOk(ends.a.Write(sent));
        ExpectOk(ends.a.Close());
      });
      auto got = ReadAll(ends.b);
      ASSERT_TRUE(got.ok()) << Text(got);
      EXPECT_EQ(got->size(), sent.size());
      wg.Wait();
      for (int i = 0; i < 10; ++i) Connect(network);
    });
  }
  stop = true;
  pest.join();
  sigaction(SIGUSR1, &before, nullptr);
}

// Whatever closes when: every call returns, with one of the errors it may have.
TEST(ResourceTest, ClosingAtAnyTime) {
  InRun([] {
    GOMAXPROCS(4);
    for (int i = 0; i < 300; ++i) {
      Ends ends = Connect("socketpair");
      WaitGroup wg;
      auto use = [&](const Conn& conn) {
        wg.Go([&conn] {
          std::array<char, 64> buffer;
          while (conn.Read(buffer).ok() && conn.Write("x").ok()) {
          }
        });
      };
      use(ends.a);
      use(ends.b);
      ends.a.Write("x").IgnoreError();
      for (int k = i % 7; k > 0; --k) Gosched();
      wg.Go([&] { ends.b.SetDeadline(Past()).IgnoreError(); });
      ExpectOk(ends.a.Close());
      ExpectOk(ends.b.Close());
      wg.Wait();
    }
  });
}

}  // namespace
}  // namespace rt::net
