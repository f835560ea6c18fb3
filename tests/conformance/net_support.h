// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Connections for tests, and what tests ask of them.

#ifndef TESTS_CONFORMANCE_NET_SUPPORT_H_
#define TESTS_CONFORMANCE_NET_SUPPORT_H_

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/net.h"

namespace rt::net {

std::string Text(const absl::Status& status);
template <typename T>
std::string Text(const absl::StatusOr<T>& result) {
  return Text(result.status());
}

void ExpectOk(const absl::Status& status);

// Whether the sandbox has the loopback interface that TCP needs.
bool HasLoopback(int family);

#define SKIP_WITHOUT_LOOPBACK(family) \
  if (!HasLoopback(family))           \
  GTEST_SKIP() << "no loopback interface (" #family ")"

// A folder of its own for the files of Unix sockets.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  std::string Name(const std::string& name);

 private:
  std::string path_;
  std::vector<std::string> names_;
};

struct Ends {
  Conn a;
  Conn b;
};

// Connected to each other by `network`.
Ends Connect(const std::string& network);

std::string ReadSome(const Conn& conn, size_t size = 100);

// Lets others run until so many wait for the network.
void WaitForWaiters(int count);

// More than the buffers of any connection hold.
extern const std::string& kTooMuch;

absl::Time Past();

void InRun(absl::FunctionRef<void()> body);

// Each kind of connection, at each GOMAXPROCS.
class NetTest : public ::testing::TestWithParam<std::tuple<std::string, int>> {
 protected:
  const std::string& network() { return std::get<0>(GetParam()); }

  void Main(absl::FunctionRef<void()> body);
};

#define RT_INSTANTIATE_NET(suite)                                 \
  INSTANTIATE_TEST_SUITE_P(                                       \
      Networks, suite,                                            \
      ::testing::Combine(                                         \
          ::testing::Values("tcp", "tcp6", "unix", "socketpair"), \
          ::testing::Values(1, 2, 4, 16)),                        \
      [](const auto& info) {                                      \
        return std::get<0>(info.param) + "_" +                    \
               std::to_string(std::get<1>(info.param));           \
      })

}  // namespace rt::net

#endif  // TESTS_CONFORMANCE_NET_SUPPORT_H_
