// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What connections carry, and how they end; pipes, and what else can be polled.

#include "runtime/net.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/conformance/net_support.h"
#include "tests/support/runtime_test.h"

namespace rt::net {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

RT_INSTANTIATE_NET(NetTest);

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

}  // namespace
}  // namespace rt::net
