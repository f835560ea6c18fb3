// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// What the code under test does wrong with the heap, each with a near miss that
// must pass: leaks, accesses out of bounds, frees of what is no block.

#include <malloc.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/explorer/explore.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::CheckQuietly;
using ::rt::explorer::Options;
using ::rt::explorer::Result;
using ::rt::explorer::Verdict;
using ::rt::explorer::VerdictText;

struct Case {
  const char* name;
  // Of the summary, which is a MEMORY's; empty if it must pass.
  const char* summary;
  std::function<void()> body;
};

void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

class HeapTest : public testing::TestWithParam<Case> {};

TEST_P(HeapTest, IsToldWell) {
  const Case& c = GetParam();
  Result result = CheckQuietly(Options(), c.body);
  if (*c.summary == '\0') {
    EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
    return;
  }
  EXPECT_STREQ(VerdictText(result.verdict), "MEMORY") << result.summary;
  EXPECT_EQ(result.summary, c.summary);
  ASSERT_FALSE(result.locations.empty());
  EXPECT_EQ(result.locations[0].file, "tests/explorer/heap_test.cc");
  EXPECT_NE(result.replay, "");
}

// A number that the compiler cannot know.
size_t Just(size_t n) {
  volatile size_t hidden = n;
  return hidden;
}

// The same pointer, which the compiler takes for another one.
template <typename T>
T* Hide(T* pointer) {
  T* volatile hidden = pointer;
  return hidden;
}

// What was written there matters to somebody.
void Use(const void* block) { asm volatile("" : : "r"(block) : "memory"); }

struct Node {
  int value = 0;
  Node* next = nullptr;
};

// Leaks.

constexpr char kLost16[] =
    "16 bytes allocated here are never freed, and nothing leads to them any "
    "more";

void ForgetsDelete(bool deletes) {
  Node* node = Hide(new Node);
  node->value = 1;
  if (deletes) delete node;
}

void DropsTheSecond(bool drops) {
  rt::WaitGroup wg;
  std::atomic<Node*> slot{nullptr};
  for (int i = 0; i < 2; ++i) {
    wg.Go([&] {
      Node* node = Hide(new Node);
      Node* expected = nullptr;
      if (slot.compare_exchange_strong(expected, node)) return;
      if (!drops) delete node;
    });
  }
  wg.Wait();
  delete slot.load();
}

struct Friend {
  std::shared_ptr<Friend> strong;
  std::weak_ptr<Friend> weak;
};

void Friends(bool weak) {
  auto a = std::make_shared<Friend>();
  auto b = std::make_shared<Friend>();
  a->strong = b;
  if (weak) {
    b->weak = a;
  } else {
    b->strong = a;
  }
}

void ThrowsPast(bool owned) {
  try {
    Node* node = Hide(new Node);
    std::unique_ptr<Node> owner(owned ? node : nullptr);
    throw rt::Panic("for a test");
  } catch (const rt::Panic&) {
  }
}

Node* list_head = nullptr;

void Prepends() {
  for (int i = 0; i < 2; ++i) list_head = new Node{i, list_head};
}

std::vector<Node*>& Cache() {
  static auto& cache = *new std::vector<Node*>;
  return cache;
}

// As a stack without locks does: a count in the upper bits, or below.
std::atomic<uint64_t> marked{0};

void Marks(bool above) {
  auto node = reinterpret_cast<uint64_t>(new Node);
  marked = above ? node | uint64_t{5} << 48 : node << 16 | 5;
}

Node* one_past = nullptr;

INSTANTIATE_TEST_SUITE_P(
    Leaks, HeapTest,
    testing::Values(
        Case{"new", kLost16, [] { ForgetsDelete(false); }},
        Case{"in_one_interleaving", kLost16, [] { DropsTheSecond(true); }},
        Case{"unwound", kLost16, [] { ThrowsPast(false); }},
        Case{"malloc",
             "1 byte allocated here are never freed, and nothing leads to "
             "them any more",
             [] { *static_cast<volatile char*>(malloc(1)) = 1; }},
        Case{"chain",
             "16 bytes allocated here are never freed, and nothing leads to "
             "them any more (nor to 1 other block)",
             [] {
               Node* head = Hide(new Node);
               head->next = Hide(new Node);
             }},
        Case{"in_a_goroutine", kLost16,
             [] {
               rt::WaitGroup wg;
               wg.Go([] { ForgetsDelete(false); });
               wg.Wait();
             }},
        Case{"captured", kLost16,
             [] {
               rt::WaitGroup wg;
               wg.Go([node = Hide(new Node)] { node->value = 1; });
               wg.Wait();
             }}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(Leak, OfACycleOfOwners) {
  Result result = CheckQuietly(Options(), [] { Friends(false); });
  EXPECT_EQ(result.verdict, Verdict::kMemory) << result.summary;
  EXPECT_NE(result.order_hint.find("std::shared_ptr"), std::string::npos);
}

TEST(Leak, IsTheFaultOfWhoAllocated) {
  Result result = CheckQuietly(Options(), [] {
    rt::WaitGroup wg;
    wg.Go([] {});
    wg.Go([] { ForgetsDelete(false); });
    wg.Wait();
  });
  ASSERT_EQ(result.locations.size(), 1u);
  EXPECT_EQ(result.locations[0].role, "allocate");
  EXPECT_EQ(result.locations[0].text, "Node* node = Hide(new Node);");
  EXPECT_EQ(result.locations[0].goroutine, 3u);
}

TEST(Leak, IsNoneWhenTheEndOfTheBodyStopsAll) {
  Options options;
  options.body_end_stops_all = true;
  Result result = CheckQuietly(options, [] { ForgetsDelete(false); });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
}

// Somebody outside of the body has it.
TEST(Leak, IsNoneIfTheTestHasIt) {
  std::set<std::string> seen;
  auto more = std::make_unique<std::map<int, std::unique_ptr<Node>>>();
  Result result = CheckQuietly(Options(), [&] {
    std::atomic<int> n = 0;
    rt::WaitGroup wg;
    for (int i = 1; i < 3; ++i) wg.Go([&n, i] { n = i; });
    wg.Wait();
    seen.insert("a text that has a block of its own: " + std::to_string(n));
    (*more)[n] = std::make_unique<Node>();
  });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
  EXPECT_EQ(seen.size(), 2u);
}

TEST(Leak, IsNoneIfMemoryMayBeLost) {
  Options options;
  options.may_lose_memory = true;
  Result result = CheckQuietly(options, [] { ForgetsDelete(false); });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
}

// In older blocks: the fixture, and one so large that it has a mapping of its
// own.
class OlderBlockTest : public testing::Test {
 protected:
  std::vector<Node*> in_fixture_;
  std::vector<Node*> in_large_ = std::vector<Node*>(100'000);
};

TEST_F(OlderBlockTest, LeadsToWhatTheBodyAllocates) {
  in_fixture_.reserve(2);
  Result result = CheckQuietly(Options(), [&] {
    in_fixture_.push_back(new Node);
    in_large_[50'000] = new Node;
  });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
}

INSTANTIATE_TEST_SUITE_P(
    NoLeaks, HeapTest,
    testing::Values(
        Case{"deleted", "", [] { ForgetsDelete(true); }},
        Case{"deleted_in_all", "", [] { DropsTheSecond(false); }},
        Case{"unwound_by_its_owner", "", [] { ThrowsPast(true); }},
        Case{"weak", "", [] { Friends(true); }},
        Case{"global", "", [] { Prepends(); }},
        Case{"function_static", "", [] { Cache().push_back(new Node); }},
        Case{"marked_above", "", [] { Marks(true); }},
        Case{"moved_up", "", [] { Marks(false); }},
        Case{"pointer_to_the_end", "", [] { one_past = new Node + 1; }},
        Case{"stopped_ticker", "",
             [] {
               rt::Ticker ticker = rt::NewTicker(absl::Seconds(1));
               ticker.C().Recv();
               ticker.Stop();
             }},
        Case{"pending_after_func", "",
             [] {
               auto* node = new Node;
               rt::AfterFunc(absl::Hours(1), [node] { delete node; });
             }},
        Case{"channel_of_owners", "",
             [] {
               auto ch = rt::MakeChan<std::unique_ptr<Node>>(1);
               ch.Send(std::make_unique<Node>());
             }}),
    [](const auto& test) { return std::string(test.param.name); });

// Out of bounds.

void WriteAt(size_t i) {
  std::unique_ptr<int[]> numbers(new int[3]);
  Hide(numbers.get())[i] = 1;
  Use(numbers.get());
}

void ReadAt(size_t i) {
  std::unique_ptr<int64_t[]> numbers(new int64_t[2]());
  volatile int64_t seen = Hide(numbers.get())[i];
  static_cast<void>(seen);
}

void Fill(size_t bytes) {
  std::unique_ptr<char[]> text(new char[Just(13)]);
  memset(Hide(text.get()), 'x', Just(bytes));
  Use(text.get());
}

// The C library's functions are not instrumented.
void CopyText(const char* from) {
  std::unique_ptr<char[]> text(new char[Just(6)]);
  strcpy(Hide(text.get()), Hide(from));
  Use(text.get());
}

void Grow(bool in_time) {
  auto* numbers = static_cast<int*>(malloc(Just(4)));
  auto* more = static_cast<int*>(realloc(numbers, Just(in_time ? 8 : 4)));
  Hide(more)[1] = 1;
  Use(more);
  free(more);
}

INSTANTIATE_TEST_SUITE_P(
    OutOfBounds, HeapTest,
    testing::Values(
        Case{"write_past",
             "4 bytes are written just past the end of a block of 12 bytes",
             [] { WriteAt(3); }},
        Case{"write_farther_past",
             "4 bytes are written, 4 bytes past the end of a block of 12 bytes",
             [] { WriteAt(4); }},
        Case{"write_before",
             "4 bytes are written before the front of a block of 12 bytes",
             [] { WriteAt(Just(0) - 1); }},
        Case{"read_past",
             "8 bytes are read just past the end of a block of 16 bytes",
             [] { ReadAt(2); }},
        Case{"fill_past",
             "14 bytes are written, 1 of them past the end of a block of 13 "
             "bytes",
             [] { Fill(14); }},
        Case{"in_a_goroutine",
             "4 bytes are written just past the end of a block of 12 bytes",
             [] {
               rt::WaitGroup wg;
               wg.Go([] { WriteAt(3); });
               wg.Wait();
             }},
        Case{"grow_too_little",
             "4 bytes are written just past the end of a block of 4 bytes",
             [] { Grow(false); }},
        Case{"copy_text_past",
             "memory just past the end of this block has been written to",
             [] { CopyText("123456"); }}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(OutOfBounds, NamesTheAccessAndTheBlock) {
  Result result = CheckQuietly(Options(), [] { WriteAt(3); });
  ASSERT_EQ(result.locations.size(), 2u);
  EXPECT_EQ(result.locations[0].role, "write");
  EXPECT_EQ(result.locations[0].text, "Hide(numbers.get())[i] = 1;");
  EXPECT_EQ(result.locations[1].role, "allocate");
  EXPECT_EQ(result.locations[1].text,
            "std::unique_ptr<int[]> numbers(new int[3]);");
}

INSTANTIATE_TEST_SUITE_P(
    InBounds, HeapTest,
    testing::Values(Case{"write_last", "", [] { WriteAt(2); }},
                    Case{"read_last", "", [] { ReadAt(1); }},
                    Case{"fill", "", [] { Fill(13); }},
                    Case{"copy_text", "", [] { CopyText("12345"); }},
                    Case{"grow", "", [] { Grow(true); }},
                    Case{"vector", "",
                         [] {
                           std::vector<int> numbers;
                           for (int i = 0; i < 100; ++i) numbers.push_back(i);
                           numbers.shrink_to_fit();
                           EXPECT_EQ(numbers.back(), 99);
                         }},
                    Case{"usable_size", "",
                         [] {
                           void* block = malloc(Just(5));
                           memset(block, 0, malloc_usable_size(block));
                           Use(block);
                           free(block);
                         }},
                    Case{"aligned", "",
                         [] {
                           struct alignas(64) Line {
                             char bytes[64];
                           };
                           auto lines = std::make_unique<Line[]>(2);
                           memset(Hide(lines.get()), 1, Just(128));
                           Use(lines.get());
                         }},
                    Case{"calloc", "",
                         [] {
                           auto* numbers =
                               static_cast<int*>(calloc(Just(3), sizeof(int)));
                           EXPECT_EQ(numbers[2], 0);
                           free(numbers);
                         }},
                    Case{"empty", "", [] { free(malloc(Just(0))); }}),
    [](const auto& test) { return std::string(test.param.name); });

// Frees.

int a_global = 0;

void FreeMiddle(size_t i) {
  auto* numbers = static_cast<int*>(malloc(12));
  free(Hide(numbers + i));
}

INSTANTIATE_TEST_SUITE_P(
    Frees, HeapTest,
    testing::Values(
        Case{"local", "a local variable is freed, which nobody allocated",
             [] {
               int local = 0;
               free(Hide(&local));
             }},
        Case{"delete_local",
             "a local variable is freed, which nobody allocated",
             [] {
               Node local;
               delete Hide(&local);
             }},
        Case{"global", "a variable is freed, which nobody allocated",
             [] { free(Hide(&a_global)); }},
        Case{"middle",
             "a pointer to byte 4 of a block of 12 bytes is freed, not the "
             "block's own",
             [] { FreeMiddle(1); }},
        Case{"twice", "memory is freed twice",
             [] {
               auto* node = new Node;
               delete Hide(node);
               delete Hide(node);
             }}),
    [](const auto& test) { return std::string(test.param.name); });

// What was there before the body is no business of ours.
TEST(Free, OfAnOlderBlock) {
  std::vector<std::unique_ptr<Node>> older;
  for (int i = 0; i < 100; ++i) older.push_back(std::make_unique<Node>());
  Options options;
  options.search = rt::explorer::Search::kSampled;
  options.max_executions = 5;
  Result result = CheckQuietly(options, [&] { older.pop_back(); });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;

  result = CheckQuietly(Options(), [] { FreeMiddle(0); });
  EXPECT_EQ(result.verdict, Verdict::kPassed) << result.summary;
}

}  // namespace
