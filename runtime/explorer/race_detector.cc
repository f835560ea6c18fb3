// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/race_detector.h"

#include <algorithm>

namespace rt::explorer {
namespace {

// The bytes [begin, end) of one word.
uint8_t MaskOf(uintptr_t begin, uintptr_t end) {
  return static_cast<uint8_t>(((1u << (end - begin)) - 1) << (begin & 7));
}

}  // namespace

void RaceDetector::BeginExecution() {
  for (Goroutine& g : goroutines_) {
    g.clock.Clear();
    g.unacquired.Clear();
    g.release_fence.Clear();
  }
  words_.Clear();
  records_.clear();
  free_records_ = kNone;
  sync_.Clear();
  sequence_ = 0;
  At(0).clock.Set(0, 1);
}

void RaceDetector::OnSpawn(GoroutineIndex parent, GoroutineIndex child) {
  At(std::max(parent, child));
  VectorClock& clock = At(child).clock;
  clock.Assign(At(parent).clock);
  clock.Set(child, 1);
  Tick(At(parent), parent);
}

bool RaceDetector::OnSimpleAccess(GoroutineIndex goroutine,
                                  const Access& access, bool only_repeats) {
  auto address = reinterpret_cast<uintptr_t>(access.address);
  size_t offset = address & 7;
  if (offset + access.size > 8) return false;
  auto mask = static_cast<uint8_t>(((1u << access.size) - 1) << offset);
  Goroutine& self = goroutines_[goroutine];
  if (Record* r = words_.Find(address >> 3)) {
    if ((r->mask & mask) == mask && r->goroutine == goroutine &&
        !r->is_atomic && !r->is_free && (r->is_write || !access.is_write) &&
        r->clock == self.clock.Get(goroutine)) {
      return true;
    }
  }
  if (only_repeats) return false;
  ++sequence_;
  if (!OnWord(self, goroutine, address >> 3, mask, access, nullptr)) {
    return true;
  }
  --sequence_;  // It does not count twice.
  return false;
}

bool RaceDetector::OnAccess(GoroutineIndex goroutine, const Access& access,
                            Race* race) {
  ++sequence_;
  Goroutine& self = At(goroutine);
  auto address = reinterpret_cast<uintptr_t>(access.address);
  uintptr_t end = address + access.size;
  while (address < end) {
    uintptr_t word_end = std::min(end, (address | 7) + 1);
    uint8_t mask = MaskOf(address, word_end);
    if (OnWord(self, goroutine, address >> 3, mask, access, race)) return true;
    address = word_end;
  }
  return false;
}

bool RaceDetector::OnWord(Goroutine& self, GoroutineIndex goroutine,
                          uintptr_t word, uint8_t mask, const Access& access,
                          Race* race) {
  bool fresh;
  Record& last = words_.FindOrMake(word, &fresh);
  if (fresh) {
    last.mask = 0;
    last.next = kNone;
  }
  uint32_t now = self.clock.Get(goroutine);
  // The same access again, with nothing in between: most accesses end here.
  if (last.goroutine == goroutine && last.clock == now &&
      (last.mask & mask) == mask && (last.is_write || !access.is_write) &&
      (!last.is_atomic || access.is_atomic) && !last.is_free &&
      !access.is_free) {
    return false;
  }
  auto is_before = [&](const Record& r) {
    return r.goroutine == goroutine || r.clock <= self.clock.Get(r.goroutine);
  };
  auto races = [&](const Record& r) {
    if ((r.mask & mask) == 0) return false;
    bool conflict =
        (r.is_write || access.is_write) && !(r.is_atomic && access.is_atomic);
    if (!r.is_free && (!conflict || is_before(r))) return false;
    if (race == nullptr) return true;
    race->earlier = {r.goroutine,    r.is_write,   r.is_atomic, r.is_free,
                     r.is_forbidden, r.is_destroy, r.pc,        r.sequence};
    race->later = {goroutine,      access.is_write, access.is_atomic,
                   access.is_free, false,           access.is_destroy,
                   access.pc,      sequence_};
    race->address = access.address;
    return true;
  };
  // Whatever races with the old access and comes later races with this one too,
  // if this one is after it and conflicts with at least as much.
  auto is_covered = [&](const Record& r) {
    return (r.mask & ~mask) == 0 && (access.is_write || !r.is_write) &&
           (!access.is_atomic || r.is_atomic) && is_before(r);
  };
  if (races(last)) return true;
  for (uint32_t* link = &last.next; *link != kNone;) {
    const Record& r = records_[*link];
    if (races(r)) return true;
    if (is_covered(r)) {
      Remove(link);
    } else {
      link = &records_[*link].next;
    }
  }
  uint32_t next = is_covered(last) ? last.next : Store(last);
  last = {next,
          now,
          goroutine,
          mask,
          access.is_write,
          access.is_atomic,
          access.is_free,
          access.is_destroy,
          /*is_forbidden=*/false,
          sequence_,
          access.pc};
  return false;
}

void RaceDetector::Forbid(uintptr_t begin, uintptr_t end) {
  while (begin < end) {
    uintptr_t word_end = std::min(end, (begin | 7) + 1);
    Record record = {};
    record.next = kNone;
    record.mask = MaskOf(begin, word_end);
    record.is_write = record.is_free = record.is_forbidden = true;
    bool fresh;
    Record& last = words_.FindOrMake(begin >> 3, &fresh);
    if (!fresh && last.mask != 0) record.next = Store(last);
    last = record;
    begin = word_end;
  }
}

uint32_t RaceDetector::Store(const Record& record) {
  uint32_t index = free_records_;
  if (index == kNone) {
    index = static_cast<uint32_t>(records_.size());
    records_.push_back(record);
  } else {
    free_records_ = records_[index].next;
    records_[index] = record;
  }
  return index;
}

void RaceDetector::Remove(uint32_t* link) {
  uint32_t index = *link;
  *link = records_[index].next;
  records_[index].next = free_records_;
  free_records_ = index;
}

void RaceDetector::Acquire(GoroutineIndex goroutine, const void* sync) {
  At(goroutine).clock.Join(SyncClock(sync));
}

void RaceDetector::Release(GoroutineIndex goroutine, const void* sync) {
  Goroutine& g = At(goroutine);
  SyncClock(sync).Join(g.clock);
  Tick(g, goroutine);
}

void RaceDetector::Rendezvous(GoroutineIndex a, GoroutineIndex b) {
  Goroutine& first = At(std::max(a, b));
  Goroutine& second = At(std::min(a, b));
  first.clock.Join(second.clock);
  second.clock.Join(first.clock);
  Tick(first, std::max(a, b));
  Tick(second, std::min(a, b));
}

void RaceDetector::AtomicLoad(GoroutineIndex goroutine, const VectorClock& sync,
                              MemoryOrder order) {
  Goroutine& g = At(goroutine);
  (Acquires(order) ? g.clock : g.unacquired).Join(sync);
}

void RaceDetector::AtomicStore(GoroutineIndex goroutine, VectorClock& sync,
                               MemoryOrder order) {
  Goroutine& g = At(goroutine);
  if (Releases(order)) {
    sync.Assign(g.clock);
    Tick(g, goroutine);
  } else {
    // A store ends the release sequence of the one before; after a release
    // fence it begins one with what the fence saw.
    sync.Assign(g.release_fence);
  }
}

// A read-modify-write goes on with the release sequence that it reads from.
void RaceDetector::AtomicRmw(GoroutineIndex goroutine, VectorClock& sync,
                             MemoryOrder order) {
  AtomicLoad(goroutine, sync, order);
  Goroutine& g = At(goroutine);
  if (Releases(order)) {
    sync.Join(g.clock);
    Tick(g, goroutine);
  } else {
    sync.Join(g.release_fence);
  }
}

void RaceDetector::Fence(GoroutineIndex goroutine, MemoryOrder order) {
  Goroutine& g = At(goroutine);
  if (Acquires(order)) g.clock.Join(g.unacquired);
  if (Releases(order)) {
    g.release_fence.Assign(g.clock);
    Tick(g, goroutine);
  }
}

void RaceDetector::Forget(const void* address, size_t size) {
  auto begin = reinterpret_cast<uintptr_t>(address);
  uintptr_t end = begin + size;
  auto cut = [this](Record& last, uint8_t keep) {
    for (uint32_t* link = &last.next; *link != kNone;) {
      Record& r = records_[*link];
      r.mask &= keep;
      if (r.mask == 0) {
        Remove(link);
      } else {
        link = &r.next;
      }
    }
    last.mask &= keep;
    if (last.mask == 0 && last.next != kNone) {
      uint32_t index = last.next;
      Record second = records_[index];
      Remove(&last.next);
      last = second;
    }
  };
  auto keep_in = [&](uintptr_t word) {
    uint8_t keep = 0;
    for (uintptr_t byte = 0; byte < 8; ++byte) {
      uintptr_t at = (word << 3) + byte;
      if (at < begin || at >= end) keep |= static_cast<uint8_t>(1u << byte);
    }
    return keep;
  };
  // Whichever is fewer: the words of the range, or all that are known.
  if (size / 8 < words_.size() * 4) {
    for (uintptr_t word = begin >> 3; word << 3 < end; ++word) {
      if (Record* last = words_.Find(word)) cut(*last, keep_in(word));
    }
  } else {
    words_.ForEach([&](uintptr_t word, Record& last) {
      if (((word + 1) << 3) > begin && word << 3 < end) {
        cut(last, keep_in(word));
      }
    });
  }
  // An atomic that lay there took its edges with it.
  if (sync_.size() > 0) {
    if (size < sync_.size() * 4) {
      for (uintptr_t at = begin; at < end; ++at) {
        if (VectorClock* clock = sync_.Find(at)) clock->Clear();
      }
    } else {
      sync_.ForEach([&](uintptr_t at, VectorClock& clock) {
        if (at >= begin && at < end) clock.Clear();
      });
    }
  }
}

VectorClock& RaceDetector::SyncClock(const void* sync) {
  bool fresh;
  VectorClock& clock =
      sync_.FindOrMake(reinterpret_cast<uintptr_t>(sync), &fresh);
  if (fresh) clock.Clear();
  return clock;
}

void RaceDetector::Tick(Goroutine& g, GoroutineIndex index) {
  g.clock.Set(index, g.clock.Get(index) + 1);
}

}  // namespace rt::explorer
