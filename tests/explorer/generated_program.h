// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Small concurrent programs drawn from a seed, to compare searches with.
//
// A program is a few goroutines of a few instructions each, over two objects of
// every kind. What a goroutine sees (values, cases, results of a Try, the text
// of a panic, the time) it notes; that is what an execution shows.

#ifndef TESTS_EXPLORER_GENERATED_PROGRAM_H_
#define TESTS_EXPLORER_GENERATED_PROGRAM_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/explorer/sampling.h"

namespace rt::testing {

// What an instruction is about. A program is made of one or two of these.
enum class Topic : uint8_t {
  kLocks,
  kReadWriteLocks,
  kWords,  // std::atomic and AtomicValue.
  kChannels,
  kSelects,
  kWaitGroups,
  kConds,
  kOnces,
  kStores,  // Map and Pool.
  kTime,
  kContexts,
  kMisuse,  // What may end in a race or a fatal error.
  kCount,
};

enum class Action : uint8_t {
  kLock,
  kTryLock,
  kNested,
  kHold,
  kRelease,
  kReadLock,
  kWriteLock,
  kTryReadLock,
  kTryWriteLock,
  kReadTwice,
  kReadHold,
  kReadRelease,
  kLoad,
  kStore,
  kFetchAdd,
  kCompareExchange,
  kValueLoad,
  kValueStore,
  kSend,
  kRecv,
  kClose,
  kRange,
  kLen,
  kSelect,
  kSelectAny,
  kAdd,
  kDone,
  kSubtract,
  kWait,
  kGroupGo,
  kCondWait,
  kCondWaitReady,
  kSignal,
  kBroadcast,
  kReadyAndSignal,
  kReadyAndBroadcast,
  kOnce,
  kOnceNested,
  kMapLoad,
  kMapStore,
  kMapLoadOrStore,
  kMapDelete,
  kMapRange,
  kPoolGet,
  kPoolPut,
  kSleep,
  kAfter,
  kAfterFunc,
  kTimerRecv,
  kTimerStop,
  kTimerReset,
  kSelectAfter,
  kCancel,
  kContextErr,
  kContextDone,
  kContextSelect,
  kContextChild,
  kContextFunc,
  kPlainRead,
  kPlainWrite,
  kUnlock,
  kReadUnlock,
  kGosched,
  kChoose,
  kGo,
  kCount,
};

struct Instruction {
  Action action;
  int object;  // 0 or 1.
  int number;  // What it means is the action's.
};

Topic TopicOf(Action action);

// The number of a kSelectAny, from bit 0: of each of three cases, whether it
// sends and at which channel; then one less than there are, or 3 for one and a
// default.
inline bool CaseSends(int number, int i) { return (number >> (2 * i)) & 1; }
inline int CaseChannel(int number, int i) {
  return (number >> (2 * i + 1)) & 1;
}
inline int CaseCount(int number) { return 1 + (number >> 6) % 3; }
inline bool HasDefault(int number) { return (number >> 6) == 3; }

struct Program {
  static constexpr size_t kMaxBodies = 5;

  // The first `roots` are goroutines that the main one starts; each of the
  // others is started by a kGo in one of those before it.
  std::vector<std::vector<Instruction>> bodies;
  size_t roots = 0;
  int capacity[2] = {0, 0};  // Of the channels.

  bool Uses(Topic topic) const;
};

// About `topic`, and perhaps another.
Program DrawProgram(Topic topic, explorer::Random& random);

// For people: a line for each goroutine.
std::string ProgramText(const Program& program);

// What an execution of a program has shown so far.
struct Observed {
  static constexpr int kMax = 48;
  struct Notes {
    int size = 0;
    int notes[kMax];
  };
  Notes by_body[Program::kMaxBodies];
  Notes at_end;  // What the objects are left with.

  void Clear();
  std::string Text() const;
};

// The body of the main goroutine, which makes the objects; and what is to be
// done with them when the execution is over.
struct Objects;
Objects* RunProgram(const Program& program, Observed& observed);
// `whole`: nothing has ended the execution early. If something did, the objects
// are left as they are.
void FinishProgram(Objects* objects, bool whole, Observed& observed);

}  // namespace rt::testing

#endif  // TESTS_EXPLORER_GENERATED_PROGRAM_H_
