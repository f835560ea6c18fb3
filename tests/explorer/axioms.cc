// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "tests/explorer/axioms.h"

#include <algorithm>
#include <utility>

namespace rt::explorer {
namespace {

using std::memory_order;

class Axioms {
 public:
  explicit Axioms(const Program& program) {
    for (size_t i = 0; i < kLocations; ++i) {
      events_.push_back({Action{What::kStore, memory_order::relaxed, i}, 0});
    }
    for (size_t g = 0; g < program.size(); ++g) {
      for (const Action& a : program[g]) events_.push_back({a, g + 1});
    }
  }

  Outcomes Allowed() {
    Assign(kLocations);
    return std::move(outcomes_);
  }

 private:
  static constexpr size_t kNone = ~size_t{0};
  using Relation = std::vector<std::vector<bool>>;

  struct Event {
    Action action;
    size_t goroutine;      // 0: the initialisation.
    size_t from = kNone;   // What it reads.
    size_t place = kNone;  // If it writes: in the modification order.
  };

  bool Reads(size_t e) const {
    What what = events_[e].action.what;
    return what != What::kStore && what != What::kFence;
  }
  bool Writes(size_t e) const {
    const Event& event = events_[e];
    if (event.action.what == What::kCompareExchange) {
      return Value(event.from) == event.action.expected;
    }
    return event.action.what == What::kStore ||
           event.action.what == What::kExchange;
  }
  int Value(size_t e) const { return events_[e].action.value; }
  memory_order Order(size_t e) const {
    bool fails = events_[e].action.what == What::kCompareExchange && !Writes(e);
    return fails ? memory_order::relaxed : events_[e].action.order;
  }
  bool Has(size_t e, memory_order order) const {
    memory_order own = Order(e);
    return own == order || own == memory_order::seq_cst ||
           (own == memory_order::acq_rel && order != memory_order::seq_cst);
  }
  bool Releases(size_t e) const { return Has(e, memory_order::release); }
  bool Acquires(size_t e) const { return Has(e, memory_order::acquire); }
  bool IsSeqCst(size_t e) const { return Has(e, memory_order::seq_cst); }
  bool IsFence(size_t e) const {
    return events_[e].action.what == What::kFence;
  }
  bool InProgramOrder(size_t a, size_t b) const {
    size_t g = events_[a].goroutine;
    return a < b &&
           (g == 0 ? events_[b].goroutine != 0 : g == events_[b].goroutine);
  }

  // Every choice of a store for each load from event `e` on.
  void Assign(size_t e) {
    if (e == events_.size()) {
      for (size_t i = 0; i < events_.size(); ++i) {
        if (Reads(i) && !Writes(events_[i].from)) return;
      }
      Arrange(0);
      return;
    }
    if (!Reads(e)) return Assign(e + 1);
    for (size_t w = 0; w < events_.size(); ++w) {
      if (w == e || IsFence(w) || events_[w].action.what == What::kLoad ||
          events_[w].action.location != events_[e].action.location) {
        continue;
      }
      events_[e].from = w;
      Assign(e + 1);
    }
  }

  // Every modification order of the locations from `location` on.
  void Arrange(size_t location) {
    if (location == kLocations) {
      Judge();
      return;
    }
    std::vector<size_t> writes;
    for (size_t e = kLocations; e < events_.size(); ++e) {
      if (!IsFence(e) && events_[e].action.location == location && Writes(e)) {
        writes.push_back(e);
      }
    }
    events_[location].place = 0;
    do {
      for (size_t i = 0; i < writes.size(); ++i) {
        events_[writes[i]].place = i + 1;
      }
      Arrange(location + 1);
    } while (std::next_permutation(writes.begin(), writes.end()));
  }

  // Whether `a` is coherence-ordered before `b`, with the place of what they
  // read or write.
  bool IsCoherentlyBefore(size_t a, size_t b) const {
    if (a == b || IsFence(a) || IsFence(b) ||
        events_[a].action.location != events_[b].action.location) {
      return false;
    }
    auto read = [&](size_t e) { return events_[events_[e].from].place; };
    auto written = [&](size_t e) { return events_[e].place; };
    return (Writes(a) && Reads(b) && written(a) <= read(b)) ||
           (Writes(a) && Writes(b) && written(a) < written(b)) ||
           (Reads(a) && Writes(b) && read(a) < written(b)) ||
           (Reads(a) && Reads(b) && read(a) < read(b));
  }

  // Whether a release at `a` and an acquire at `b` meet: directly, or by a
  // fence before a store or after a load.
  bool Synchronizes(size_t a, size_t b) const {
    if (!Releases(a) || !Acquires(b)) return false;
    for (size_t w = kLocations; w < events_.size(); ++w) {
      if (IsFence(w) || !Writes(w)) continue;
      if (IsFence(a) ? !InProgramOrder(a, w) : a != w) continue;
      for (size_t r = kLocations; r < events_.size(); ++r) {
        if (!Reads(r)) continue;
        if (IsFence(b) ? !InProgramOrder(r, b) : b != r) continue;
        // The release sequence: from w on, only updates.
        size_t source = events_[r].from;
        while (source != w && Reads(source)) source = events_[source].from;
        if (source == w) return true;
      }
    }
    return false;
  }

  static void Close(Relation& r) {
    for (size_t k = 0; k < r.size(); ++k) {
      for (size_t i = 0; i < r.size(); ++i) {
        if (!r[i][k]) continue;
        for (size_t j = 0; j < r.size(); ++j) {
          if (r[k][j]) r[i][j] = true;
        }
      }
    }
  }
  static bool HasCycle(Relation r) {
    Close(r);
    for (size_t i = 0; i < r.size(); ++i) {
      if (r[i][i]) return true;
    }
    return false;
  }

  void Judge() {
    size_t n = events_.size();
    Relation executed(n, std::vector<bool>(n));
    for (size_t b = 0; b < n; ++b) {
      for (size_t a = 0; a < n; ++a) executed[a][b] = InProgramOrder(a, b);
      if (!Reads(b)) continue;
      executed[events_[b].from][b] = true;
      // An update comes directly after what it has read.
      if (Writes(b) && events_[events_[b].from].place + 1 != events_[b].place) {
        return;
      }
    }
    if (HasCycle(executed)) return;
    Relation before(n, std::vector<bool>(n));  // Happens before.
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = 0; b < n; ++b) {
        before[a][b] = InProgramOrder(a, b) || Synchronizes(a, b);
      }
    }
    Close(before);
    for (size_t a = 0; a < n; ++a) {
      for (size_t b = 0; b < n; ++b) {
        if (before[a][b] && IsCoherentlyBefore(b, a)) return;
        if (!IsCoherentlyBefore(a, b)) continue;
        // What stands in S for each side.
        for (size_t s = 0; s < n; ++s) {
          if (!IsSeqCst(s) || (s != a && !(IsFence(s) && before[s][a]))) {
            continue;
          }
          for (size_t t = 0; t < n; ++t) {
            if (!IsSeqCst(t) || (t != b && !(IsFence(t) && before[b][t]))) {
              continue;
            }
            executed[s][t] = true;
          }
        }
      }
    }
    if (HasCycle(executed)) return;
    std::string outcome;
    std::string left[kLocations];
    size_t last[kLocations] = {};
    for (size_t e = 0; e < n; ++e) {
      if (e >= kLocations) {
        outcome += std::to_string(Reads(e) ? Value(events_[e].from) : 0) + " ";
      }
      if (IsFence(e) || !Writes(e)) continue;
      size_t location = events_[e].action.location;
      if (events_[e].place < last[location]) continue;
      last[location] = events_[e].place;
      left[location] = "| " + std::to_string(Value(e));
    }
    for (const std::string& text : left) outcome += text;
    outcomes_.insert(outcome);
  }

  std::vector<Event> events_;
  Outcomes outcomes_;
};

}  // namespace

Outcomes AllowedByAxioms(const Program& program) {
  return Axioms(program).Allowed();
}

}  // namespace rt::explorer
