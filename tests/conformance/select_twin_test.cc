// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Random selects over a few channels, next to a model of them: what a select
// did must be one of the things that the model allows at that moment.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/runtime.h"
#include "tests/support/runtime_test.h"

namespace rt {
namespace {

using testing::RuntimeTest;
using testing::WaitUntilBlocked;

using SelectTwinTest = RuntimeTest;
RT_INSTANTIATE(SelectTwinTest);

constexpr int kClosed = -1;

// A channel and what it should be.
struct Twin {
  Chan<int> chan;
  int64_t capacity;
  std::deque<int> values = {};
  bool closed = false;

  bool CanSend() const {
    return closed || static_cast<int64_t>(values.size()) < capacity;
  }
  bool CanRecv() const { return closed || !values.empty(); }
};

struct Model {
  Twin* twin;  // Null: a case on a nil channel.
  bool sends;
  int value;

  bool Ready() const {
    return twin != nullptr && (sends ? twin->CanSend() : twin->CanRecv());
  }
};

// Cases, what they should do, and what the one that was done has received.
struct Choice {
  std::vector<SelectCase> cases;
  std::vector<Model> models;
  int received = 0;

  std::set<size_t> Ready() const {
    std::set<size_t> ready;
    for (size_t i = 0; i < models.size(); ++i) {
      if (models[i].Ready()) ready.insert(i);
    }
    return ready;
  }
};

void AddCases(int count, std::vector<Twin>& twins, std::mt19937& random,
              int* next_value, Choice* choice) {
  for (int i = 0; i < count; ++i) {
    // One in eight is nil; so some channels are there twice.
    Twin* twin = random() % 8 == 0 ? nullptr : &twins[random() % twins.size()];
    Chan<int> chan = twin == nullptr ? Chan<int>() : twin->chan;
    bool sends = random() % 2 == 0;
    int value = ++*next_value;
    choice->models.push_back({twin, sends, value});
    if (sends) {
      choice->cases.push_back(OnSend(chan, value));
    } else {
      choice->cases.push_back(OnRecv(chan, [choice](std::optional<int> v) {
        choice->received = v.value_or(kClosed);
      }));
    }
  }
}

// Does with the model what the select has done; checks what it received.
void Follow(const Choice& choice, size_t done, const std::string& where) {
  const Model& model = choice.models[done];
  if (model.sends) {
    ASSERT_FALSE(model.twin->closed) << where;
    model.twin->values.push_back(model.value);
    return;
  }
  int expected = kClosed;
  if (!model.twin->values.empty()) {
    expected = model.twin->values.front();
    model.twin->values.pop_front();
  }
  EXPECT_EQ(choice.received, expected) << where;
}

TEST_P(SelectTwinTest, DoesWhatTheModelAllows) {
  Main([] {
    std::mt19937 random(static_cast<uint32_t>(GetParam()));
    int next_value = 0;
    int defaults = 0;
    int panics = 0;
    for (int round = 0; round < 200; ++round) {
      std::vector<Twin> twins;
      for (int64_t capacity : {0, 1, 2, 3}) {
        twins.push_back({MakeChan<int>(capacity), capacity});
      }
      for (int step = 0; step < 25; ++step) {
        std::string where =
            std::to_string(round) + ", step " + std::to_string(step);
        if (random() % 64 == 0) {
          Twin& twin = twins[random() % twins.size()];
          if (!twin.closed) twin.chan.Close();
          twin.closed = true;
        }
        Choice choice;
        AddCases(1 + static_cast<int>(random() % 6), twins, random, &next_value,
                 &choice);
        std::set<size_t> ready = choice.Ready();
        choice.cases.push_back(Default());
        bool sends_to_closed = false;
        for (size_t i : ready) {
          const Model& m = choice.models[i];
          sends_to_closed |= m.sends && m.twin->closed;
        }
        size_t done;
        try {
          done = SelectAny(choice.cases);
        } catch (const Panic& panic) {
          EXPECT_STREQ(panic.what(), "send on closed channel");
          EXPECT_TRUE(sends_to_closed) << where;
          ++panics;
          continue;
        }
        if (ready.empty()) {
          EXPECT_EQ(done, choice.models.size()) << where;
          ++defaults;
          continue;
        }
        ASSERT_EQ(ready.count(done), 1u) << where << ": " << done;
        Follow(choice, done, where);
        for (const Twin& twin : twins) {
          EXPECT_EQ(twin.chan.Len(), static_cast<int64_t>(twin.values.size()))
              << where;
        }
      }
    }
    EXPECT_GT(defaults, 100);
    EXPECT_GT(panics, 10);
  });
}

// A select that finds nothing to do waits, and is completed by what then
// happens at one of its channels, however often it waits there. Of several
// cases that this makes possible it takes any.
TEST_P(SelectTwinTest, WaitsForWhatTheModelAllows) {
  Main([] {
    std::mt19937 random(static_cast<uint32_t>(GetParam()));
    int next_value = 0;
    int waits = 0;
    for (int round = 0; round < 400; ++round) {
      std::vector<Twin> twins;
      for (int64_t capacity : {0, 0, 1}) {
        twins.push_back({MakeChan<int>(capacity), capacity});
      }
      twins[2].chan.Send(next_value);
      twins[2].values.push_back(next_value);
      Choice choice;
      AddCases(1 + static_cast<int>(random() % 6), twins, random, &next_value,
               &choice);
      const Model model = choice.models[random() % choice.models.size()];
      if (!choice.Ready().empty() || model.twin == nullptr) continue;
      ++waits;
      auto result = MakeChan<size_t>();
      Go([&choice, result] { result.Send(SelectAny(choice.cases)); });
      WaitUntilBlocked(1);
      // Make `model` possible from the other side.
      Twin& twin = *model.twin;
      if (model.sends) {
        int got = *twin.chan.Recv();
        size_t done = *result.Recv();
        ASSERT_TRUE(choice.models[done].sends) << round;
        ASSERT_EQ(choice.models[done].twin, &twin) << round;
        twin.values.push_back(choice.models[done].value);
        EXPECT_EQ(got, twin.values.front()) << round;
        twin.values.pop_front();
      } else {
        int sent = ++next_value;
        twin.chan.Send(sent);
        size_t done = *result.Recv();
        ASSERT_FALSE(choice.models[done].sends) << round;
        ASSERT_EQ(choice.models[done].twin, &twin) << round;
        EXPECT_EQ(choice.received, sent) << round;
      }
      // The other channels are as they were, and nobody waits there.
      for (const Twin& other : twins) {
        EXPECT_EQ(other.chan.Len(), static_cast<int64_t>(other.values.size()))
            << round;
        if (other.capacity > 0) continue;
        EXPECT_EQ(Select(OnRecv(other.chan), OnSend(other.chan, 0), Default()),
                  2u)
            << round;
      }
    }
    EXPECT_GT(waits, 50);
  });
}

}  // namespace
}  // namespace rt
