// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Many connections, few descriptors, signals.

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/net.h"
#include "runtime/runtime.h"
#include "tests/conformance/net_support.h"
#include "tests/support/runtime_test.h"

namespace rt::net {
namespace {

using ::testing::HasSubstr;
using testing::YieldUntil;

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
