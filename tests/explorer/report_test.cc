// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// How a story is laid out: for people, who need not see the same forty times,
// and for programs, which get all of it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/explorer/report_json.h"
#include "runtime/explorer/report_text.h"
#include "runtime/explorer/verdict.h"

namespace rt::explorer {
namespace {

void Add(Result& result, uint64_t goroutine, std::string text) {
  result.steps.push_back({goroutine, std::move(text), "a.cc", 1, ""});
}

size_t Count(const std::string& text, const std::string& what) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) {
    ++count;
  }
  return count;
}

TEST(StepTable, CountsARepeatedStep) {
  Result result;
  Add(result, 1, "Go(2)");
  for (int i = 0; i < 40; ++i) Add(result, 2, "n.load()");
  Add(result, 1, "wg.Wait()");
  EXPECT_EQ(StepTable(result),
            "  step  main                                goroutine 2\n"
            "     1  Go(2)\n"
            "     2                                      n.load() (40x)\n"
            "    42  wg.Wait()\n");
}

TEST(StepTable, FoldsTheRoundsOfALoop) {
  Result result;
  Add(result, 1, "Go(2)");
  for (int i = 0; i < 40; ++i) {
    Add(result, 2, "mu.Lock()");
    Add(result, 2, "++n");
    Add(result, 2, "mu.Unlock()");
  }
  Add(result, 2, "mu.Lock()");
  Add(result, 1, "++n");
  EXPECT_EQ(StepTable(result),
            "  step  main                                goroutine 2\n"
            "     1  Go(2)\n"
            "     2                                      mu.Lock()\n"
            "     3                                      ++n\n"
            "     4                                      mu.Unlock()\n"
            "   ...  these 3 rows again, 39 times\n"
            "   122                                      mu.Lock()\n"
            "   123  ++n\n");
  EXPECT_EQ(Count(JsonReport(result, "x"), "mu.Unlock()"), 40u);
}

// Two goroutines that take turns are a round, too.
TEST(StepTable, FoldsRoundsOfSeveral) {
  Result result;
  for (int i = 0; i < 5; ++i) {
    Add(result, 1, "ping.Send(i)");
    Add(result, 2, "ping.Recv()");
  }
  EXPECT_EQ(StepTable(result),
            "  step  main                                goroutine 2\n"
            "     1  ping.Send(i)\n"
            "     2                                      ping.Recv()\n"
            "   ...  these 2 rows again, 4 times\n");
}

// Twice is no loop, and who did it, matters.
TEST(StepTable, FoldsNothingElse) {
  Result result;
  for (uint64_t g : {1, 1, 2}) {
    Add(result, g, "mu.Lock()");
    Add(result, g, "mu.Unlock()");
  }
  std::string table = StepTable(result);
  EXPECT_EQ(Count(table, "mu.Lock()"), 3u) << table;
  EXPECT_EQ(Count(table, "again"), 0u) << table;
}

}  // namespace
}  // namespace rt::explorer
