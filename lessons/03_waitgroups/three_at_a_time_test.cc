// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/03_waitgroups/three_at_a_time.
//
// A download notes when it began and ended, in virtual time, in variables of
// its own; the rules are checked on these notes when all is over.

#include <algorithm>
#include <atomic>
#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "exercises/03_waitgroups/three_at_a_time/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::ExpectNoDelay;
using ::rt::explorer::ExpectOverlap;
using ::rt::explorer::Options;

// Who waits for a place sleeps: nobody polls, and a few dozen operations are
// enough.
Options NoPolling() {
  Options options;
  options.refuse_polling = true;
  options.max_steps = 300;
  return options;
}

// Downloads that take the given times, and what became of them.
class Downloads {
 public:
  explicit Downloads(const std::vector<int>& milliseconds)
      : notes_(milliseconds.size()) {
    for (size_t i = 0; i < milliseconds.size(); ++i) {
      Note* note = &notes_[i];
      const absl::Duration takes = absl::Milliseconds(milliseconds[i]);
      list_.push_back([note, takes] {
        ++note->calls;
        note->begin = rt::Now();
        rt::Sleep(takes);
        note->end = rt::Now();
      });
    }
  }

  const std::vector<Download>& list() const { return list_; }

  bool EachCalledOnce() const {
    return std::all_of(notes_.begin(), notes_.end(),
                       [](const Note& note) { return note.calls == 1; });
  }

  // The most that were under way at one moment.
  int MostAtOnce() const {
    int most = 0;
    for (const Note& note : notes_) most = std::max(most, UnderWay(note.begin));
    return most;
  }

  // For how long places were empty while a download had not begun, summed up
  // over `limit` places. Zero for every order in which the downloads may begin.
  absl::Duration EmptyTime(absl::Time start, int limit) const {
    absl::Time last = start;
    for (const Note& note : notes_) last = std::max(last, note.begin);
    absl::Duration busy;
    for (const Note& note : notes_)
      busy += std::min(note.end, last) - note.begin;
    return limit * (last - start) - busy;
  }

 private:
  struct Note {
    int calls = 0;
    absl::Time begin;
    absl::Time end;
  };

  int UnderWay(absl::Time t) const {
    return static_cast<int>(std::count_if(
        notes_.begin(), notes_.end(),
        [t](const Note& note) { return note.begin <= t && t < note.end; }));
  }

  std::vector<Note> notes_;
  std::vector<Download> list_;
};

TEST(ThreeAtATime, AllAreDownloadedWhenItReturns) {
  Check(NoPolling(), [] {
    std::atomic<int> ended = 0;  // Relaxed: orders nothing for the answer.
    const Download download = [&] {
      ended.fetch_add(1, std::memory_order_relaxed);
    };
    const std::vector<Download> downloads(3, download);

    DownloadAll(downloads, 2);

    EXPECT_EQ(ended.load(std::memory_order_relaxed), 3)
        << "downloads that had ended when DownloadAll returned";
  });
}

TEST(ThreeAtATime, TheSlowestIsWaitedFor) {
  for (size_t slow : {0, 1, 2}) {
    Check(NoPolling(), [slow] {
      std::atomic<bool> ended = false;
      std::vector<Download> downloads(3, [] {});
      downloads[slow] = [&] {
        rt::Sleep(absl::Hours(1000));
        ended.store(true, std::memory_order_relaxed);
      };

      DownloadAll(downloads, 2);

      EXPECT_TRUE(ended.load(std::memory_order_relaxed))
          << "download " << slow << " was still under way";
    });
  }
}

TEST(ThreeAtATime, NeverMoreThanTheLimit) {
  Check(NoPolling(), [] {
    Downloads downloads({10, 10, 10});

    DownloadAll(downloads.list(), 2);

    EXPECT_TRUE(downloads.EachCalledOnce());
    EXPECT_LE(downloads.MostAtOnce(), 2) << "downloads at the same time";
  });
}

TEST(ThreeAtATime, AsManyAsTheLimitAllows) {
  Check(NoPolling(), [] {
    Downloads downloads({10, 10, 10});
    const absl::Time start = rt::Now();

    DownloadAll(downloads.list(), 3);

    ExpectOverlap(rt::Now() - start, absl::Milliseconds(10),
                  absl::Milliseconds(30),
                  "three downloads of 10 ms, three at a time");
  });
}

TEST(ThreeAtATime, NoPlaceIsEmptyWhileADownloadWaits) {
  for (const auto& milliseconds :
       {std::vector<int>{30, 10, 10, 10}, std::vector<int>{10, 30, 10}}) {
    Check(NoPolling(), [&milliseconds] {
      Downloads downloads(milliseconds);
      const absl::Time start = rt::Now();

      DownloadAll(downloads.list(), 2);

      EXPECT_LE(downloads.MostAtOnce(), 2) << "downloads at the same time";
      ExpectNoDelay(downloads.EmptyTime(start, 2),
                    "a place was empty while a download had not begun");
    });
  }
}

TEST(ThreeAtATime, ALimitOfOne) {
  Check(NoPolling(), [] {
    Downloads downloads({10, 20});

    DownloadAll(downloads.list(), 1);

    EXPECT_TRUE(downloads.EachCalledOnce());
    EXPECT_LE(downloads.MostAtOnce(), 1) << "downloads at the same time";
  });
}

TEST(ThreeAtATime, ALimitAboveTheNumberOfDownloads) {
  Check(NoPolling(), [] {
    Downloads downloads({10, 10});

    DownloadAll(downloads.list(), 3);

    EXPECT_TRUE(downloads.EachCalledOnce());
    EXPECT_EQ(downloads.MostAtOnce(), 2) << "downloads at the same time";
  });
}

TEST(ThreeAtATime, NoDownloads) {
  Check(NoPolling(), [] { DownloadAll({}, 3); });
}

}  // namespace
