// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Rows of which each is a program twice: wrong, which the explorer must refuse,
// and right, of which it must see all interleavings.
//
//   const Pair kProblems[] = {
//       {"Signaling", Verdict::kRace, {"`line`"}, &Signaling},
//   };
//   using LittleBookTest = PairTest;
//   TEST_P(LittleBookTest, IsBroken) { RefusesTheWrongOne(); }
//   TEST_P(LittleBookTest, IsRepaired) { VerifiesTheRightOne(); }
//   TEST_P(LittleBookTest, IsToldShortly) { TellsTheWrongOneShortly(); }

#ifndef TESTS_EXPLORER_PAIRS_H_
#define TESTS_EXPLORER_PAIRS_H_

#include <cstdint>
#include <ostream>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/explorer/explore.h"

namespace classics {

using ::rt::explorer::Verdict;

struct Pair {
  const char* name;
  // What the wrong program gets, and what is said of it: in the summary, beside
  // it, or as "waits at mutex.Lock();".
  Verdict verdict;
  std::vector<const char*> says;
  void (*body)(bool right);
  bool endless = false;  // Who waits in the end is no fault.
  uint64_t max_executions = 20'000;
};

void PrintTo(const Pair& pair, std::ostream* os);

class PairTest : public testing::TestWithParam<Pair> {
 protected:
  void RefusesTheWrongOne();
  void VerifiesTheRightOne();
  void TellsTheWrongOneShortly();

 private:
  static rt::explorer::Result Explored(bool right, rt::explorer::Search search);
};

}  // namespace classics

#endif  // TESTS_EXPLORER_PAIRS_H_
