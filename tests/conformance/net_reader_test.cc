// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/net_reader.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime/net.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt::net {
namespace {

using ::testing::ElementsAre;
using ReaderTest = rt::testing::RuntimeTest;

// Gives `test` a Reader of a stream that is `pieces`, written one by one, and
// then, unless `open`, over.
void WithStream(const std::vector<std::string>& pieces,
                absl::FunctionRef<void(Reader&)> test, bool open = false) {
  auto pipe = Pipe();
  ASSERT_TRUE(pipe.ok()) << pipe.status();
  Reader reader(pipe->reader);
  WaitGroup wg;
  wg.Go([&] {
    for (const std::string& piece : pieces) {
      EXPECT_TRUE(pipe->writer.Write(piece).ok());
      Gosched();
    }
    if (!open) {
      EXPECT_TRUE(pipe->writer.Close().ok());
    }
  });
  test(reader);
  EXPECT_TRUE(pipe->reader.Close().ok());
  wg.Wait();
}

std::vector<std::string> Lines(Reader& reader) {
  std::vector<std::string> lines;
  for (;;) {
    auto line = reader.ReadLine();
    if (!line.ok()) {
      EXPECT_EQ(line.status(), absl::OutOfRangeError("EOF"));
      return lines;
    }
    lines.push_back(*line);
  }
}

TEST_P(ReaderTest, LinesEndInEitherWay) {
  Main([] {
    WithStream({"one\ntwo\r\n\n\r\nfi\rve\n"}, [](Reader& reader) {
      EXPECT_THAT(Lines(reader), ElementsAre("one", "two", "", "", "fi\rve"));
    });
  });
}

TEST_P(ReaderTest, LinesComeInPieces) {
  Main([] {
    WithStream({"o", "ne", "\n", "two\r", "\nthree", "\nlast"},
               [](Reader& reader) {
                 EXPECT_THAT(Lines(reader),
                             ElementsAre("one", "two", "three", "last"));
               });
  });
}

TEST_P(ReaderTest, ALineHasALimit) {
  Main([] {
    for (std::string_view end : {"\n", "\r\n", ""}) {
      for (size_t length : {9, 10, 11, 20'000}) {
        WithStream(
            {std::string(length, 'x') + std::string(end)}, [&](Reader& reader) {
              auto line = reader.ReadLine(10);
              EXPECT_EQ(line.ok(), length <= 10) << length;
              if (line.ok()) {
                EXPECT_EQ(line->size(), length);
              } else {
                EXPECT_EQ(line.status(), absl::ResourceExhaustedError(
                                             "a line of more than 10 bytes"));
              }
            });
      }
    }
  });
}

TEST_P(ReaderTest, CountsFollowLines) {
  Main([] {
    std::string body(10'000, 'b');
    WithStream({"head\n", body, "tail\nrest"}, [&](Reader& reader) {
      EXPECT_EQ(reader.ReadLine().value(), "head");
      EXPECT_EQ(reader.ReadString(0).value(), "");
      EXPECT_EQ(reader.ReadString(body.size()).value(), body);
      EXPECT_EQ(reader.ReadLine().value(), "tail");
      EXPECT_EQ(reader.ReadAll().value(), "rest");
      EXPECT_EQ(reader.ReadAll().value(), "");
    });
  });
}

TEST_P(ReaderTest, TheEndComesTooEarlyOrNot) {
  Main([] {
    WithStream({"abc"}, [](Reader& reader) {
      EXPECT_EQ(reader.ReadString(4).status(),
                absl::DataLossError("unexpected EOF"));
      // And is still there.
      EXPECT_EQ(reader.ReadString(3).value(), "abc");
      EXPECT_EQ(reader.ReadString(1).status(), absl::OutOfRangeError("EOF"));
      EXPECT_EQ(reader.ReadString(Reader::kMaxString + 1).status().code(),
                absl::StatusCode::kResourceExhausted);
    });
    WithStream({std::string(5000, 'x')}, [](Reader& reader) {
      EXPECT_EQ(reader.ReadAll(4999).status().code(),
                absl::StatusCode::kResourceExhausted);
    });
    WithStream({std::string(5000, 'x')}, [](Reader& reader) {
      EXPECT_EQ(reader.ReadAll(5000).value().size(), 5000u);
    });
  });
}

TEST_P(ReaderTest, ADeadlineLosesNothing) {
  Main([] {
    WithStream(
        {"half a "},
        [](Reader& reader) {
          EXPECT_TRUE(reader.conn()
                          .SetReadDeadline(rt::Now() + absl::Milliseconds(5))
                          .ok());
          EXPECT_EQ(reader.ReadLine().status().code(),
                    absl::StatusCode::kDeadlineExceeded);
          EXPECT_TRUE(
              reader.conn().SetReadDeadline(absl::InfiniteFuture()).ok());
          EXPECT_EQ(reader.ReadString(7).value(), "half a ");
        },
        /*open=*/true);
  });
}

RT_INSTANTIATE(ReaderTest);

}  // namespace
}  // namespace rt::net
