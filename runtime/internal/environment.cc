// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/environment.h"

#include <charconv>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "absl/functional/function_ref.h"
#include "runtime/internal/check.h"

namespace rt::internal {
namespace {

using Complain = absl::FunctionRef<void(const std::string& line)>;

// All of `text` as a decimal number in [min, max].
std::optional<int> ParseInt(std::string_view text, int min, int max) {
  int n = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, n);
  if (error != std::errc() || stop != end || n < min || n > max) {
    return std::nullopt;
  }
  return n;
}

void Ignored(std::string_view name, std::string_view value,
             const std::string& want, Complain complain) {
  complain("runtime: ignored " + std::string(name) + "=" + std::string(value) +
           ": want " + want + "; going on as if it were not set\n");
}

void ReadDebug(std::string_view text, Complain complain, Environment* result) {
  constexpr int kMaxMs = std::numeric_limits<int>::max();
  while (!text.empty()) {
    size_t comma = text.find(',');
    std::string_view item = text.substr(0, comma);
    text = comma == std::string_view::npos ? "" : text.substr(comma + 1);
    if (item.empty()) continue;
    size_t equals = item.find('=');
    std::string_view key = item.substr(0, equals);
    bool no_value = equals == std::string_view::npos;
    std::string_view value = no_value ? "" : item.substr(equals + 1);
    auto ignored = [&](const std::string& want) {
      Ignored("GODEBUG", item, (no_value ? std::string(key) + "=" : "") + want,
              complain);
    };
    if (key == "schedtrace") {
      std::optional<int> ms = ParseInt(value, 0, kMaxMs);
      if (ms) {
        result->schedtrace_ms = *ms;
      } else {
        ignored("milliseconds");
      }
    } else if (key == "scheddetail") {
      std::optional<int> on = ParseInt(value, 0, 1);
      if (on) {
        result->scheddetail = *on != 0;
      } else {
        ignored("0 or 1");
      }
    } else {
      complain("runtime: ignored GODEBUG=" + std::string(item) +
               ": there are schedtrace and scheddetail\n");
    }
  }
}

std::optional<TracebackLevel> ParseLevel(std::string_view text) {
  // Go's numbers are older than its words.
  if (text == "none" || text == "0") return TracebackLevel::kNone;
  if (text == "single") return TracebackLevel::kSingle;
  if (text == "all" || text == "1") return TracebackLevel::kAll;
  if (text == "system" || text == "2") return TracebackLevel::kSystem;
  if (text == "crash") return TracebackLevel::kCrash;
  return std::nullopt;
}

Environment current;

}  // namespace

Environment Environment::Read(
    int max_procs, absl::FunctionRef<const char*(const char* name)> get,
    absl::FunctionRef<void(const std::string& line)> complain) {
  Environment result;
  // Set to nothing is not set.
  auto value = [&](const char* name) {
    const char* text = get(name);
    return std::string_view(text != nullptr ? text : "");
  };
  if (std::string_view text = value("GOMAXPROCS"); !text.empty()) {
    if (std::optional<int> n = ParseInt(text, 1, max_procs)) {
      result.procs = *n;
    } else {
      Ignored("GOMAXPROCS", text,
              "a whole number from 1 to " + std::to_string(max_procs),
              complain);
    }
  }
  ReadDebug(value("GODEBUG"), complain, &result);
  if (std::string_view text = value("GOTRACEBACK"); !text.empty()) {
    if (std::optional<TracebackLevel> level = ParseLevel(text)) {
      result.traceback = *level;
    } else {
      Ignored("GOTRACEBACK", text, "none, single, all, system or crash",
              complain);
    }
  }
  result.trace_path = value("RT_TRACE");
  return result;
}

const Environment& LoadEnvironment(int max_procs) {
  current = Environment::Read(
      max_procs, [](const char* name) -> const char* { return getenv(name); },
      [](const std::string& line) { WriteStderr(line.data(), line.size()); });
  return current;
}

const Environment& CurrentEnvironment() { return current; }

}  // namespace rt::internal
