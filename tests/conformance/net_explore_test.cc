// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// The explorer refuses what it cannot control, by name.

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/net.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Verdict;

TEST(NetExploreTest, WhatComesFromOutsideIsRefusedByName) {
  struct Call {
    const char* name;
    std::function<bool()> call;
  };
  const std::vector<Call> calls = {
      {"rt::net::Listen",
       [] { return rt::net::Listen("tcp", "127.0.0.1:0").ok(); }},
      {"rt::net::Dial", [] { return rt::net::Dial("unix", "/nowhere").ok(); }},
      {"rt::net::Pipe", [] { return rt::net::Pipe().ok(); }},
      {"rt::net::FromFd", [] { return rt::net::FromFd(0).ok(); }},
  };
  for (const Call& call : calls) {
    Result result = CheckQuietly(Options(), [&] { call.call(); });
    EXPECT_EQ(result.verdict, Verdict::kPanic) << call.name;
    EXPECT_THAT(result.expectation,
                testing::HasSubstr("fatal error: " + std::string(call.name) +
                                   " cannot be explored"));
  }
}

// A program that only could use the network is explored as any other.
TEST(NetExploreTest, AHandleOfNothingIsNoReason) {
  Result result = CheckQuietly(Options(), [] {
    rt::net::Conn conn;
    rt::WaitGroup wg;
    wg.Go([conn] {
      if (conn) conn.Close().IgnoreError();
    });
    wg.Wait();
  });
  EXPECT_TRUE(result.passed()) << result.summary;
}

}  // namespace
