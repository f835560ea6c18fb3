// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/environment.h"

#include <map>
#include <ostream>
#include <string>

#include "gtest/gtest.h"

namespace rt::internal {
namespace {

struct Row {
  const char* name;
  std::map<std::string, std::string> set;
  Environment want;
  const char* complaint;  // "": none.
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

const Row kRows[] = {
    {"NothingSet", {}, {}, ""},
    {"SetToNothing",
     {{"GOMAXPROCS", ""}, {"GODEBUG", ""}, {"GOTRACEBACK", ""}},
     {},
     ""},
    {"Procs", {{"GOMAXPROCS", "3"}}, {.procs = 3}, ""},
    {"MostProcs", {{"GOMAXPROCS", "1024"}}, {.procs = 1024}, ""},
    {"TooManyProcs",
     {{"GOMAXPROCS", "1025"}},
     {},
     "runtime: ignored GOMAXPROCS=1025: want a whole number from 1 to 1024; "
     "going on as if it were not set\n"},
    {"ZeroProcs",
     {{"GOMAXPROCS", "0"}},
     {},
     "runtime: ignored GOMAXPROCS=0: want a whole number from 1 to 1024; "
     "going on as if it were not set\n"},
    {"NegativeProcs",
     {{"GOMAXPROCS", "-1"}},
     {},
     "runtime: ignored GOMAXPROCS=-1: want a whole number from 1 to 1024; "
     "going on as if it were not set\n"},
    {"WordForProcs",
     {{"GOMAXPROCS", "abc"}},
     {},
     "runtime: ignored GOMAXPROCS=abc: want a whole number from 1 to 1024; "
     "going on as if it were not set\n"},
    {"ExponentForProcs",
     {{"GOMAXPROCS", "1e9"}},
     {},
     "runtime: ignored GOMAXPROCS=1e9: want a whole number from 1 to 1024; "
     "going on as if it were not set\n"},
    {"BillionProcs",
     {{"GOMAXPROCS", "1000000000"}},
     {},
     "runtime: ignored GOMAXPROCS=1000000000: want a whole number from 1 to "
     "1024; going on as if it were not set\n"},
    {"OverflowingProcs",
     {{"GOMAXPROCS", "99999999999999999999"}},
     {},
     "runtime: ignored GOMAXPROCS=99999999999999999999: want a whole number "
     "from 1 to 1024; going on as if it were not set\n"},
    {"TextAfterProcs",
     {{"GOMAXPROCS", "2x"}},
     {},
     "runtime: ignored GOMAXPROCS=2x: want a whole number from 1 to 1024; "
     "going on as if it were not set\n"},
    {"Schedtrace",
     {{"GODEBUG", "schedtrace=1000"}},
     {.schedtrace_ms = 1000},
     ""},
    {"SchedtraceWithDetail",
     {{"GODEBUG", "schedtrace=50,,scheddetail=1"}},
     {.schedtrace_ms = 50, .scheddetail = true},
     ""},
    {"BadSchedtraceGoodDetail",
     {{"GODEBUG", "schedtrace=often,scheddetail=1"}},
     {.scheddetail = true},
     "runtime: ignored GODEBUG=schedtrace=often: want milliseconds; going on "
     "as if it were not set\n"},
    {"NegativeSchedtrace",
     {{"GODEBUG", "schedtrace=-5"}},
     {},
     "runtime: ignored GODEBUG=schedtrace=-5: want milliseconds; going on as "
     "if it were not set\n"},
    {"SchedtraceWithoutAValue",
     {{"GODEBUG", "schedtrace"}},
     {},
     "runtime: ignored GODEBUG=schedtrace: want schedtrace=milliseconds; going "
     "on as if it were not set\n"},
    {"SchedtraceOfNothing",
     {{"GODEBUG", "schedtrace="}},
     {},
     "runtime: ignored GODEBUG=schedtrace=: want milliseconds; going on as if "
     "it were not set\n"},
    {"DetailWithoutAValue",
     {{"GODEBUG", "scheddetail"}},
     {},
     "runtime: ignored GODEBUG=scheddetail: want scheddetail=0 or 1; going on "
     "as if it were not set\n"},
    {"BadDetail",
     {{"GODEBUG", "scheddetail=yes"}},
     {},
     "runtime: ignored GODEBUG=scheddetail=yes: want 0 or 1; going on as if "
     "it were not set\n"},
    {"UnknownKey",
     {{"GODEBUG", "schedtrce=1000"}},
     {},
     "runtime: ignored GODEBUG=schedtrce=1000: there are schedtrace and "
     "scheddetail\n"},
    {"NoKeyAtAll",
     {{"GODEBUG", "nonsense"}},
     {},
     "runtime: ignored GODEBUG=nonsense: there are schedtrace and "
     "scheddetail\n"},
    {"TracebackByName",
     {{"GOTRACEBACK", "all"}},
     {.traceback = TracebackLevel::kAll},
     ""},
    {"TracebackByNumber",
     {{"GOTRACEBACK", "2"}},
     {.traceback = TracebackLevel::kSystem},
     ""},
    {"BadTraceback",
     {{"GOTRACEBACK", "full"}},
     {},
     "runtime: ignored GOTRACEBACK=full: want none, single, all, system or "
     "crash; going on as if it were not set\n"},
};

class EnvironmentTest : public ::testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(Rows, EnvironmentTest, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST_P(EnvironmentTest, IsRead) {
  const Row& row = GetParam();
  std::string complaints;
  Environment got = Environment::Read(
      1024,
      [&](const char* name) -> const char* {
        auto at = row.set.find(name);
        return at == row.set.end() ? nullptr : at->second.c_str();
      },
      [&](const std::string& line) { complaints += line; });
  EXPECT_EQ(got.procs, row.want.procs);
  EXPECT_EQ(got.schedtrace_ms, row.want.schedtrace_ms);
  EXPECT_EQ(got.scheddetail, row.want.scheddetail);
  EXPECT_EQ(got.traceback, row.want.traceback);
  EXPECT_EQ(complaints, row.complaint);
}

}  // namespace
}  // namespace rt::internal
