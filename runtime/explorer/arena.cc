// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>

namespace rt::explorer {
namespace {

// Sizes in steps of 16 bytes to 1 KiB, then powers of two from 2 KiB.
constexpr size_t kStep = 16;
constexpr size_t kMaxSmall = 1 << 10;
constexpr size_t kSmallSizes = kMaxSmall / kStep;
constexpr size_t kMaxBytes = 128 << 20;
constexpr size_t kSizes =
    kSmallSizes + std::countr_zero(kMaxBytes) - std::countr_zero(kMaxSmall);

// Of each size. It lies where neither programs nor the kernel put anything; on
// machines with 39 bits of address space elsewhere, where a pointer looks like
// two small numbers side by side, and who looks for leaks overlooks more.
constexpr size_t kRegionBytes = size_t{1} << 30;
constexpr uintptr_t kWhere = 0x2b3c'0000'0000;
constexpr uintptr_t kWhereOf39Bits = uintptr_t{1} << 38;
constexpr size_t kBitmapBytes = kRegionBytes / kStep / 8;

constexpr size_t BytesOf(size_t index) {
  return index < kSmallSizes ? (index + 1) * kStep
                             : kMaxSmall << (index - kSmallSizes + 1);
}

size_t IndexOf(size_t size) {
  if (size <= kMaxSmall) return size == 0 ? 0 : (size - 1) / kStep;
  return kSmallSizes + static_cast<size_t>(std::bit_width(size - 1)) -
         static_cast<size_t>(std::bit_width(kMaxSmall));
}

struct Region {
  uint64_t* used = nullptr;  // A bit for each slot.
  size_t slots = 0;
  size_t lowest = 0;  // All below are used.
};

constinit Region regions[kSizes];
constinit uintptr_t begin = 0;
constinit bool tried = false;

// Null if not just there; `at` 0 is anywhere.
void* MapAt(uintptr_t at, size_t bytes) {
  constexpr int kFlags =
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
  auto* wanted = reinterpret_cast<void*>(at);
  void* memory = mmap(wanted, bytes, PROT_NONE,
                      kFlags | (at == 0 ? 0 : MAP_FIXED_NOREPLACE), -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  if (at == 0 || memory == wanted) return memory;
  munmap(memory, bytes);  // Kernels before 4.17 take it for a mere wish.
  return nullptr;
}

void* Usable(void* memory, size_t bytes) {
  if (memory == nullptr || mprotect(memory, bytes, PROT_READ | PROT_WRITE)) {
    return nullptr;
  }
  madvise(memory, bytes, MADV_NOHUGEPAGE);  // Most regions hold little.
  return memory;
}

void Reserve() {
  tried = true;
  constexpr size_t kBytes = kSizes * kRegionBytes;
  auto* bitmaps = static_cast<char*>(
      Usable(ReserveAt(0, kSizes * kBitmapBytes), kSizes * kBitmapBytes));
  void* memory = MapAt(kWhere, kBytes);
  if (memory == nullptr) memory = ReserveAt(kWhereOf39Bits, kBytes);
  memory = Usable(memory, kBytes);
  if (bitmaps == nullptr || memory == nullptr) return;
  begin = reinterpret_cast<uintptr_t>(memory);
  for (size_t i = 0; i < kSizes; ++i) {
    Region& region = regions[i];
    region.used = reinterpret_cast<uint64_t*>(bitmaps + i * kBitmapBytes);
    region.slots = kRegionBytes / BytesOf(i);
    // The first slots of all regions would be neighbours in the cache. And
    // nothing lies at `begin`, or that variable would lead to it
    // (leak_check.h).
    region.lowest = std::min(5 * i + 1, region.slots / 2);
    for (size_t slot = 0; slot < region.lowest; ++slot) {
      region.used[slot / 64] |= uint64_t{1} << slot % 64;
    }
  }
}

struct Place {
  size_t index;
  size_t slot;
};

Place PlaceOf(const void* block) {
  uintptr_t offset = reinterpret_cast<uintptr_t>(block) - begin;
  size_t index = offset / kRegionBytes;
  return {index, offset % kRegionBytes / BytesOf(index)};
}

}  // namespace

void* ArenaAllocate(size_t size) {
  if (size > kMaxBytes) return nullptr;
  if (!tried) Reserve();
  size_t index = IndexOf(size);
  Region& region = regions[index];
  size_t word = region.lowest / 64;
  while (word * 64 < region.slots && ~region.used[word] == 0) ++word;
  size_t slot = word * 64;
  if (slot < region.slots) {
    slot += static_cast<size_t>(std::countr_one(region.used[word]));
  }
  region.lowest = slot;
  if (slot >= region.slots) return nullptr;
  region.used[word] |= uint64_t{1} << slot % 64;
  ++region.lowest;
  return reinterpret_cast<void*>(begin + index * kRegionBytes +
                                 slot * BytesOf(index));
}

// A power of two is the size of slots that are aligned to it.
void* ArenaAllocate(size_t size, size_t alignment) {
  if (alignment <= kStep) return ArenaAllocate(size);
  if (size > kMaxBytes || alignment > kMaxBytes) return nullptr;
  return ArenaAllocate(std::bit_ceil(std::max(size, alignment)));
}

bool IsInArena(const void* block) {
  return reinterpret_cast<uintptr_t>(block) - begin < kSizes * kRegionBytes &&
         begin != 0;
}

void ArenaFree(void* block) {
  Place place = PlaceOf(block);
  Region& region = regions[place.index];
  region.used[place.slot / 64] &= ~(uint64_t{1} << place.slot % 64);
  region.lowest = std::min(region.lowest, place.slot);
}

bool IsArenaBlock(const void* address) {
  if (!IsInArena(address)) return false;
  Place place = PlaceOf(address);
  size_t offset = (reinterpret_cast<uintptr_t>(address) - begin) % kRegionBytes;
  return offset % BytesOf(place.index) == 0 &&
         (regions[place.index].used[place.slot / 64] >> place.slot % 64 & 1) !=
             0;
}

size_t ArenaBytes(const void* block) { return BytesOf(PlaceOf(block).index); }

void* ReserveAt(uintptr_t at, size_t bytes) {
  void* memory = MapAt(at, bytes);
  return memory == nullptr && at != 0 ? MapAt(0, bytes) : memory;
}

}  // namespace rt::explorer
