// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What contexts carry, and what they say of themselves.

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/context.h"
#include "runtime/runtime.h"
#include "tests/conformance/context_support.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using ContextValueTest = testing::RuntimeTest;
RT_INSTANTIATE(ContextValueTest);

TEST_P(ContextValueTest, ValuesAreFoundByTheirKeys) {
  Main([] {
    static constexpr ContextKey<std::string> kName;
    static constexpr ContextKey<std::string> kCity;
    static constexpr ContextKey<std::unique_ptr<int>> kNumber;
    Context ctx = WithValue(Background(), kName, "Ada");
    EXPECT_EQ(Background().Value(kName), nullptr);
    EXPECT_EQ(*ctx.Value(kName), "Ada");
    EXPECT_EQ(ctx.Value(kCity), nullptr);
    auto [child, cancel] = WithCancel(WithValue(ctx, kCity, "London"));
    Context last = WithValue(child, kNumber, std::make_unique<int>(7));
    Context other = WithValue(last, kName, "Grace");
    EXPECT_EQ(*last.Value(kName), "Ada");
    EXPECT_EQ(*other.Value(kName), "Grace");
    cancel();
    Context kept = WithoutCancel(other);
    ctx = child = last = other = Context();
    ExpectOpen(kept);
    EXPECT_EQ(*kept.Value(kName), "Grace");
    EXPECT_EQ(*kept.Value(kCity), "London");
    EXPECT_EQ(**kept.Value(kNumber), 7);
  });
}

struct User {
  int id;
};
struct Title {
  std::string String() const { return "a title"; }
};
constexpr ContextKey<std::string> kText;
constexpr ContextKey<const char*> kPointer;
constexpr ContextKey<int> kNumber;
constexpr ContextKey<User> kUser;
constexpr ContextKey<Title> kTitle;

struct TextCase {
  const char* name;
  Context ctx;
  const char* text;
};

std::vector<TextCase> TextCases() {
  Context ctx = WithCancel(Background()).ctx;
  absl::Time year_3000 = absl::FromUnixSeconds(32503680000);
  return {
      {"Background", Background(), "context.Background"},
      {"None", Context(), "context.Background"},
      {"Todo", TODO(), "context.TODO"},
      {"Cancel", ctx, "context.Background.WithCancel"},
      {"CancelOfTodo", WithCancel(TODO()).ctx, "context.TODO.WithCancel"},
      {"CancelCause", WithCancelCause(ctx).ctx,
       "context.Background.WithCancel.WithCancel"},
      {"WithoutCancel", WithoutCancel(ctx),
       "context.Background.WithCancel.WithoutCancel"},
      {"CancelAfterWithoutCancel", WithCancel(WithoutCancel(TODO())).ctx,
       "context.TODO.WithoutCancel.WithCancel"},
      {"String", WithValue(ctx, kText, "Ada"),
       "context.Background.WithCancel.WithValue("
       "rt::ContextKey<std::string>, Ada)"},
      {"Pointer", WithValue(ctx, kPointer, "Ada"),
       "context.Background.WithCancel.WithValue("
       "rt::ContextKey<char const*>, Ada)"},
      {"NullPointer", WithValue(ctx, kPointer, nullptr),
       "context.Background.WithCancel.WithValue("
       "rt::ContextKey<char const*>, <nil>)"},
      {"NoText", WithValue(ctx, kNumber, 7),
       "context.Background.WithCancel.WithValue(rt::ContextKey<int>, int)"},
      {"Struct", WithValue(TODO(), kUser, User{7}),
       "context.TODO.WithValue(rt::ContextKey<rt::(anonymous "
       "namespace)::User>, rt::(anonymous namespace)::User)"},
      {"TextOfItsOwn", WithValue(TODO(), kTitle, Title()),
       "context.TODO.WithValue(rt::ContextKey<rt::(anonymous "
       "namespace)::Title>, a title)"},
      {"ValuesBetween",
       WithValue(WithCancel(WithValue(ctx, kText, "a")).ctx, kText, "b"),
       "context.Background.WithCancel"
       ".WithValue(rt::ContextKey<std::string>, a).WithCancel"
       ".WithValue(rt::ContextKey<std::string>, b)"},
      {"NoDeadline", WithDeadline(ctx, absl::InfiniteFuture()).ctx,
       "context.Background.WithCancel.WithCancel"},
      {"LaterDeadline",
       WithDeadline(
           WithValue(WithDeadline(ctx, absl::InfinitePast()).ctx, kNumber, 7),
           year_3000)
           .ctx,
       "context.Background.WithCancel.WithDeadline(infinite-past [-inf])"
       ".WithValue(rt::ContextKey<int>, int).WithCancel"},
  };
}

// What is left of a deadline is in context_explore_test.cc.
TEST_P(ContextValueTest, SaysHowItWasMade) {
  Main([] {
    for (const TextCase& c : TextCases()) {
      EXPECT_EQ(c.ctx.String(), c.text) << c.name;
      std::ostringstream out;
      out << c.ctx;
      EXPECT_EQ(out.str(), c.text) << c.name;
    }
  });
}

}  // namespace
}  // namespace rt
