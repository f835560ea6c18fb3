// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/report_json.h"

#include <nlohmann/json.hpp>

namespace rt::explorer {

std::string JsonReport(const Result& result, std::string_view check) {
  using nlohmann::ordered_json;
  ordered_json locations = ordered_json::array();
  for (const Location& l : result.locations) {
    locations.push_back({{"role", l.role},
                         {"file", l.file},
                         {"line", l.line},
                         {"text", l.text},
                         {"goroutine", l.goroutine},
                         {"name", l.name},
                         {"held", l.held}});
  }
  ordered_json goroutines = ordered_json::array();
  for (const GoroutineInfo& g : result.goroutines) {
    goroutines.push_back({{"id", g.id}, {"name", g.name}});
  }
  ordered_json steps = ordered_json::array();
  for (const Step& s : result.steps) {
    steps.push_back({{"goroutine", s.goroutine},
                     {"text", s.text},
                     {"file", s.file},
                     {"line", s.line}});
    if (!s.note.empty()) steps.back()["note"] = s.note;
  }
  ordered_json preemptions;  // null
  if (result.complete_preemptions.has_value()) {
    preemptions = *result.complete_preemptions;
  }
  ordered_json report = {
      {"schema", 1},
      {"check", std::string(check)},
      {"verdict", VerdictText(result.verdict)},
      {"summary", result.summary},
      {"executions", result.executions},
      {"complete", result.complete},
      {"complete_preemptions", std::move(preemptions)},
      {"found_in", result.found_in},
      {"shortened", result.shortened},
      {"preemptions", result.preemptions},
      {"locations", std::move(locations)},
      {"goroutines", std::move(goroutines)},
      {"steps", std::move(steps)},
      {"order_hint", result.order_hint},
      {"replay", result.replay},
      {"expectation", result.expectation},
  };
  // What a student prints into an expectation need not be UTF-8.
  return report.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace rt::explorer
