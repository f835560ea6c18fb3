// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Looking up a name: a call that cannot be interrupted, and may be abandoned.
// The C library's is replaced by one that ends when a test says so.

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/net.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace {

struct Resolver {
  std::atomic<int> asked{0};  // For names that are no numbers.
  std::atomic<int> answered{0};
  std::atomic<int> answers_alive{0};
  std::atomic<bool> may_answer{false};

  void Answer() {
    may_answer = true;
    may_answer.notify_all();
  }
};
Resolver resolver;

// One allocation, so that a lost one is a leak to AddressSanitizer, too.
struct List {
  addrinfo info;
  sockaddr_in address;
};

}  // namespace

// Every name is 127.0.0.1, but "nobody".
extern "C" int getaddrinfo(const char* host, const char* port,
                           const addrinfo* hints, addrinfo** result) {
  bool numeric = host == nullptr || std::string_view(host) == "127.0.0.1";
  if (!numeric) {
    if (hints->ai_flags & AI_NUMERICHOST) return EAI_NONAME;
    ++resolver.asked;
    resolver.may_answer.wait(false);
    ++resolver.answered;
    if (std::string_view(host) == "nobody") return EAI_NONAME;
  }
  ++resolver.answers_alive;
  auto* list = static_cast<List*>(std::calloc(1, sizeof(List)));
  if (list == nullptr) return EAI_MEMORY;
  list->address.sin_family = AF_INET;
  list->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  list->address.sin_port = htons(static_cast<uint16_t>(std::atoi(port)));
  list->info.ai_family = AF_INET;
  list->info.ai_socktype = SOCK_STREAM;
  list->info.ai_addr = reinterpret_cast<sockaddr*>(&list->address);
  list->info.ai_addrlen = sizeof(list->address);
  *result = &list->info;
  return 0;
}

extern "C" void freeaddrinfo(addrinfo* info) noexcept {
  --resolver.answers_alive;
  std::free(info);
}

namespace rt::net {
namespace {

using rt::testing::YieldUntil;

class LookUpTest : public rt::testing::RuntimeTest {
 protected:
  void SetUp() override {
    resolver.asked = resolver.answered = 0;
    resolver.may_answer = false;
  }
  // All that was answered has been freed, by whoever it was for.
  void TearDown() override { EXPECT_EQ(resolver.answers_alive, 0); }
};
RT_INSTANTIATE(LookUpTest);

void ExpectAbandoned(const absl::StatusOr<Conn>& conn, absl::StatusCode code,
                     std::string_view text) {
  EXPECT_EQ(conn.status().code(), code);
  EXPECT_EQ(std::string(conn.status().message()), text);
  // And who waits for the answer.
  YieldUntil([] { return resolver.asked == 1 && NumGoroutine() == 2; });
  EXPECT_EQ(resolver.answered, 0);
  resolver.Answer();
  YieldUntil([] { return NumGoroutine() == 1; });
  EXPECT_EQ(resolver.answered, 1);
}

TEST_P(LookUpTest, EndsWhenTheContextIsCancelled) {
  Main([] {
    auto [ctx, cancel] = WithCancel(Background());
    absl::StatusOr<Conn> conn;
    {
      WaitGroup wg;
      wg.Go([&, ctx = ctx] { conn = DialContext(ctx, "tcp", "slow:80"); });
      YieldUntil([] { return resolver.asked == 1; });
      cancel();
      wg.Wait();
    }
    ExpectAbandoned(conn, absl::StatusCode::kCancelled,
                    "dial tcp: lookup slow: operation was canceled");
  });
}

// With a deadline that lets it begin.
absl::StatusOr<Conn> DialTooShort(std::string_view address) {
  for (absl::Duration timeout = absl::Milliseconds(1);; timeout *= 2) {
    absl::StatusOr<Conn> conn = DialTimeout("tcp", address, timeout);
    if (NumGoroutine() > 1) return conn;  // Somebody asks.
  }
}

TEST_P(LookUpTest, EndsAtTheDeadline) {
  Main([] {
    ExpectAbandoned(DialTooShort("slow:80"),
                    absl::StatusCode::kDeadlineExceeded,
                    "dial tcp: lookup slow: i/o timeout");
  });
}

TEST_P(LookUpTest, MayFailWhenNobodyWaitsAnyMore) {
  Main([] {
    ExpectAbandoned(DialTooShort("nobody:80"),
                    absl::StatusCode::kDeadlineExceeded,
                    "dial tcp: lookup nobody: i/o timeout");
  });
}

TEST_P(LookUpTest, DoesNotBeginWhenTheContextIsOver) {
  Main([] {
    auto [ctx, cancel] = WithCancel(Background());
    cancel();
    auto conn = DialContext(ctx, "tcp", "slow:80");
    EXPECT_EQ(conn.status().code(), absl::StatusCode::kCancelled);
    EXPECT_EQ(resolver.asked, 0);
  });
}

TEST_P(LookUpTest, GivesItsAnswerWithAContextAndWithout) {
  Main([] {
    resolver.Answer();
    auto listener = Listen("tcp", "127.0.0.1:0");
    ASSERT_TRUE(listener.ok()) << listener.status();
    std::string port = std::to_string(listener->Addr().port);
    auto [ctx, cancel] = WithCancel(Background());
    EXPECT_TRUE(DialContext(ctx, "tcp", "fast:" + port).ok());
    EXPECT_TRUE(Dial("tcp", "fast:" + port).ok());
    EXPECT_EQ(resolver.asked, 2);
    cancel();
    auto conn = DialTimeout("tcp", "nobody:" + port, absl::Hours(1));
    EXPECT_EQ(conn.status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(std::string(conn.status().message()),
              "dial tcp: lookup nobody: no such host");
  });
}

}  // namespace
}  // namespace rt::net
