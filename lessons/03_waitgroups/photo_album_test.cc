// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/03_waitgroups/photo_album.
//
// Counters are relaxed, because an answer must not be ordered by the grader.

#include <atomic>
#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "exercises/03_waitgroups/photo_album/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::ExpectOverlap;
using ::rt::explorer::Options;

constexpr absl::Duration kPhoto = absl::Milliseconds(10);

// Answers take a few dozen operations. One that polls for ever is refused
// before it has kept the learner waiting.
Options Limits() {
  Options options;
  options.max_steps = 300;
  options.max_executions = 5'000;
  return options;
}

TEST(PhotoAlbum, IsReadyWhenDevelopAllReturns) {
  Check(Limits(), [] {
    std::atomic<int> developed[2] = {0, 0};
    const std::function<void(int)> develop = [&](int i) {
      developed[i].fetch_add(1, std::memory_order_relaxed);
    };

    DevelopAll(2, develop);

    EXPECT_EQ(developed[0].load(std::memory_order_relaxed), 1)
        << "times that photo 0 was developed when DevelopAll returned";
    EXPECT_EQ(developed[1].load(std::memory_order_relaxed), 1)
        << "times that photo 1 was developed when DevelopAll returned";
  });
}

TEST(PhotoAlbum, TheSlowestPhotoIsWaitedFor) {
  for (int slowest : {0, 1, 2}) {
    Check(Limits(), [slowest] {
      std::atomic<bool> ready = false;
      const std::function<void(int)> develop = [&](int i) {
        if (i != slowest) return;
        rt::Sleep(absl::Hours(1000));
        ready.store(true, std::memory_order_relaxed);
      };

      DevelopAll(3, develop);

      EXPECT_TRUE(ready.load(std::memory_order_relaxed))
          << "photo " << slowest << " was not developed yet";
    });
  }
}

TEST(PhotoAlbum, WhatDevelopWroteMayBeRead) {
  Check(Limits(), [] {
    int prints[2] = {0, 0};
    const std::function<void(int)> develop = [&](int i) { prints[i] = i + 1; };

    DevelopAll(2, develop);

    EXPECT_EQ(prints[0], 1);
    EXPECT_EQ(prints[1], 2);
  });
}

TEST(PhotoAlbum, PhotosAreDevelopedAtTheSameTimeWhileTheCallerSleeps) {
  Options options = Limits();
  options.refuse_polling = true;
  Check(options, [] {
    const absl::Time start = rt::Now();
    const std::function<void(int)> develop = [](int) { rt::Sleep(kPhoto); };

    DevelopAll(3, develop);

    ExpectOverlap(rt::Now() - start, kPhoto, 3 * kPhoto,
                  "three photos of 10 ms each, all at the same time");
  });
}

TEST(PhotoAlbum, OnePhoto) {
  Check(Limits(), [] {
    int developed = 0;
    DevelopAll(1, [&](int i) { developed += i + 1; });
    EXPECT_EQ(developed, 1);
  });
}

TEST(PhotoAlbum, AnEmptyAlbumIsReadyAtOnce) {
  Check(Limits(), [] {
    bool developed = false;
    const absl::Time start = rt::Now();

    DevelopAll(0, [&](int) { developed = true; });

    EXPECT_FALSE(developed);
    EXPECT_EQ(rt::Now(), start) << "an empty album took time";
  });
}

}  // namespace
