// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/context_step.h"

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>
#include <typeinfo>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "runtime/internal/demangle.h"
#include "runtime/internal/host.h"
#include "runtime/internal/time_chan.h"

namespace rt::internal {
namespace {

class NamedStep final : public ContextStep {
 public:
  NamedStep(ContextStep* next, const char* name)
      : ContextStep(next), name_(name) {}

 private:
  std::string Name() const override { return name_; }

  const char* const name_;
};

// n / unit, with as many digits as it needs: "1.5".
std::string Quotient(int64_t n, int64_t unit) {
  std::string text = std::to_string(n / unit);
  if (n % unit == 0) return text;
  std::string digits = std::to_string(unit + n % unit);  // After a 1.
  digits.erase(digits.find_last_not_of('0') + 1);
  return text + "." + digits.substr(1);
}

// As Go's time.Duration: "1h0m0.5s", "-20µs".
std::string DurationText(absl::Duration d) {
  if (d == absl::InfiniteDuration()) return "inf";
  if (d == -absl::InfiniteDuration()) return "-inf";
  if (d < absl::ZeroDuration()) return "-" + DurationText(-d);
  constexpr int64_t kSecond = 1'000'000'000;
  int64_t hours = absl::IDivDuration(d, absl::Hours(1), &d);
  int64_t minutes = absl::IDivDuration(d, absl::Minutes(1), &d);
  int64_t ns = absl::ToInt64Nanoseconds(d);
  std::string text;
  if (hours > 0) text = std::to_string(hours) + "h";
  if (hours > 0 || minutes > 0) text += std::to_string(minutes) + "m";
  if (!text.empty() || ns >= kSecond || ns == 0) {
    return text + Quotient(ns, kSecond) + "s";
  }
  if (ns >= 1'000'000) return Quotient(ns, 1'000'000) + "ms";
  if (ns >= 1'000) return Quotient(ns, 1'000) + "µs";
  return std::to_string(ns) + "ns";
}

// As Go's time.Time in UTC: "2009-11-10 23:00:00.5 +0000 UTC". Not by absl's
// time zones: who is explored must not share their state.
std::string TimeText(absl::Time t) {
  if (t == absl::InfiniteFuture()) return "infinite-future";
  if (t == absl::InfinitePast()) return "infinite-past";
  int64_t seconds = absl::ToUnixSeconds(t);
  absl::CivilSecond civil = absl::CivilSecond(1970) + seconds;
  int64_t ns = absl::ToInt64Nanoseconds(t - absl::FromUnixSeconds(seconds));
  char text[64];
  snprintf(text, sizeof(text), "%04lld-%02d-%02d %02d:%02d:%02d",
           static_cast<long long>(civil.year()), civil.month(), civil.day(),
           civil.hour(), civil.minute(), civil.second());
  return text + Quotient(ns, 1'000'000'000).substr(1) + " +0000 UTC";
}

class DeadlineStep final : public ContextStep {
 public:
  DeadlineStep(ContextStep* next, absl::Time deadline)
      : ContextStep(next), deadline_(deadline) {}

 private:
  std::string Name() const override {
    absl::Duration left = deadline_ - TimeOf(host::NowNs());
    return ".WithDeadline(" + TimeText(deadline_) + " [" + DurationText(left) +
           "])";
  }

  const absl::Time deadline_;
};

}  // namespace

void ContextStep::AddRef(ContextStep* step) {
  if (step != nullptr) step->refs_.fetch_add(1, std::memory_order_relaxed);
}

// A loop: there may be more of them than a stack has frames.
void ContextStep::Unref(ContextStep* step) {
  while (step != nullptr) {
    host::Release(&step->refs_);
    // Release: what this reference's owner did comes before the destruction;
    // acquire: the destroyer sees it.
    if (step->refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    host::Acquire(&step->refs_);
    ContextStep* next = step->next_;
    delete step;
    step = next;
  }
}

std::string ContextStep::Text(const ContextStep* step) {
  std::vector<const ContextStep*> steps;
  for (; step != nullptr; step = step->next_) steps.push_back(step);
  std::string text;
  for (size_t i = steps.size(); i-- > 0;) text += steps[i]->Name();
  // Of the roots, TODO alone is a step.
  if (!text.starts_with("context.")) text.insert(0, "context.Background");
  return text;
}

ContextStepRef NewStep(ContextStepRef parent, const char* name) {
  return ContextStepRef(new NamedStep(parent.Release(), name));
}

ContextStepRef NewDeadlineStep(ContextStepRef parent, absl::Time deadline) {
  return ContextStepRef(new DeadlineStep(parent.Release(), deadline));
}

std::string TypeName(const std::type_info& type) {
  std::string text = Demangle(type.name());
  absl::StrReplaceAll({{" >", ">"}}, &text);
  absl::StrReplaceAll({{"std::__cxx11::basic_string<char, "
                        "std::char_traits<char>, std::allocator<char>>",
                        "std::string"}},
                      &text);
  return text;
}

}  // namespace rt::internal
