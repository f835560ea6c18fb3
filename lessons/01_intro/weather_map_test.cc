// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// Grades exercises/01_intro/weather_map.
//
// What a station notes is static: a wrong answer returns while its goroutines
// still run, and a shared_ptr's count would order what the answer has left
// unordered.

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "absl/time/time.h"
#include "exercises/01_intro/weather_map/exercise.h"
#include "gtest/gtest.h"
#include "runtime/explorer/check.h"
#include "runtime/runtime.h"

namespace {

using ::rt::explorer::Check;
using ::rt::explorer::Refuse;
using ::rt::explorer::Verdict;

Station StationWith(int temperature) {
  return [temperature] { return temperature; };
}

Station SlowStation(int temperature, absl::Duration needs) {
  return [temperature, needs] {
    rt::Sleep(needs);
    return temperature;
  };
}

// Reads every element here, in instrumented code: comparing the vectors as a
// whole would leave that to memcmp, which the explorer does not see.
void ExpectTemperatures(const std::vector<int>& got,
                        const std::vector<int>& want) {
  ASSERT_EQ(got.size(), want.size()) << "how many temperatures came back";
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ(got[i], want[i]) << "the temperature of station " << i;
  }
}

TEST(WeatherMap, TwoStationsInOrder) {
  Check([] {
    ExpectTemperatures(ReadStations({StationWith(17), StationWith(-3)}),
                       {17, -3});
  });
}

TEST(WeatherMap, ThreeStationsInOrder) {
  Check([] {
    ExpectTemperatures(
        ReadStations({StationWith(21), StationWith(30), StationWith(-4)}),
        {21, 30, -4});
  });
}

TEST(WeatherMap, SlowStationsKeepTheirPlaces) {
  Check([] {
    ExpectTemperatures(ReadStations({SlowStation(5, absl::Milliseconds(30)),
                                     SlowStation(3, absl::Milliseconds(10)),
                                     SlowStation(4, absl::Milliseconds(20))}),
                       {5, 3, 4});
  });
}

TEST(WeatherMap, EqualTemperaturesAreTwoTemperatures) {
  Check([] {
    ExpectTemperatures(ReadStations({StationWith(8), StationWith(8)}), {8, 8});
  });
}

TEST(WeatherMap, OneStation) {
  Check([] { ExpectTemperatures(ReadStations({StationWith(12)}), {12}); });
}

TEST(WeatherMap, NoStations) {
  Check([] { ExpectTemperatures(ReadStations({}), {}); });
}

TEST(WeatherMap, EveryStationIsAskedOnce) {
  static int first;
  static int second;
  Check([] {
    first = 0;
    second = 0;

    ReadStations({[] { return ++first; }, [] { return ++second; }});

    EXPECT_EQ(first, 1) << "how often the first station was asked";
    EXPECT_EQ(second, 1) << "how often the second station was asked";
  });
}

TEST(WeatherMap, AllStationsAreAskedAtTheSameTime) {
  struct Span {
    absl::Time begin;
    absl::Time end;
  };
  static std::array<Span, 3> spans;
  Check([] {
    std::vector<Station> stations;
    for (Span& span : spans) {
      stations.push_back([&span] {
        span.begin = rt::Now();
        rt::Sleep(absl::Milliseconds(10));
        span.end = rt::Now();
        return 20;
      });
    }

    ReadStations(stations);

    absl::Time last_begin = absl::InfinitePast();
    absl::Time first_end = absl::InfiniteFuture();
    for (const Span& span : spans) {
      last_begin = std::max(last_begin, span.begin);
      first_end = std::min(first_end, span.end);
    }
    if (first_end <= last_begin) {
      Refuse(Verdict::kSerial,
             "a station was asked when another had answered already; all three "
             "can be asked at the same time");
    }
  });
}

}  // namespace
