// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/explorer/leak_check.h"

#include <link.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "runtime/explorer/arena.h"
#include "runtime/explorer/globals.h"
#include "runtime/explorer/source.h"
#include "runtime/internal/symbolize.h"

namespace rt::explorer {
namespace {

constexpr size_t kWord = sizeof(uintptr_t);
constexpr int kMark = 16;  // Bits of a pointer that an address does not need.
constexpr size_t kThreadBytes = 4'096;  // Around the thread pointer.

bool Contains(const MemoryRange& range, uintptr_t address) {
  return range.begin <= address && address < range.end;
}

// The variables of the program and its libraries: those that there is one of,
// and this thread's.
struct Variables {
  std::vector<MemoryRange> common;
  std::vector<MemoryRange> of_thread;
};

Variables FindVariables() {
  Variables variables;
  auto add = [](dl_phdr_info* info, size_t, void* to) {
    auto* found = static_cast<Variables*>(to);
    for (size_t i = 0; i < info->dlpi_phnum; ++i) {
      const ElfW(Phdr)& header = info->dlpi_phdr[i];
      if (header.p_type == PT_LOAD && (header.p_flags & PF_W) != 0) {
        uintptr_t begin = info->dlpi_addr + header.p_vaddr;
        found->common.push_back({begin, begin + header.p_memsz});
      } else if (header.p_type == PT_TLS && info->dlpi_tls_data != nullptr) {
        auto begin = reinterpret_cast<uintptr_t>(info->dlpi_tls_data);
        found->of_thread.push_back({begin, begin + header.p_memsz});
      }
    }
    return 0;
  };
  dl_iterate_phdr(add, &variables);
  return variables;
}

// Memory of no file that this process can write to: blocks, and stacks.
std::vector<MemoryRange> AnonymousMemory() {
  std::vector<MemoryRange> ranges;
  std::unique_ptr<FILE, int (*)(FILE*)> file(fopen("/proc/self/maps", "re"),
                                             &fclose);
  if (file == nullptr) return ranges;
  char line[512];
  while (fgets(line, sizeof line, file.get()) != nullptr) {
    unsigned long begin, end, inode;
    char may[5];
    if (sscanf(line, "%lx-%lx %4s %*s %*s %lu", &begin, &end, may, &inode) ==
            4 &&
        may[0] == 'r' && may[1] == 'w' && inode == 0) {
      ranges.push_back({begin, end});
    }
  }
  return ranges;
}

class Search {
 public:
  Search(const std::vector<HeapBlock>& blocks, const LeakRoots& roots)
      : roots_(roots) {
    for (const HeapBlock& b : blocks) {
      if (!b.freed) blocks_.push_back({&b, false, false});
    }
    std::sort(blocks_.begin(), blocks_.end(), [](const Node& a, const Node& b) {
      return a.block->begin() < b.block->begin();
    });
    unreached_ = blocks_.size();
    lo_ = blocks_.front().block->begin();
    hi_ = blocks_.back().block->end();
  }

  std::vector<const HeapBlock*> Lost() {
    FromNear();
    if (unreached_ > 0) FromAfar();
    std::vector<const HeapBlock*> lost;
    if (unreached_ == 0) return lost;
    FindReferences();
    for (bool referred : {false, true}) {
      size_t before = lost.size();
      for (const Node& n : blocks_) {
        if (!n.reached && n.referred == referred) lost.push_back(n.block);
      }
      // They lie in one vector, in the order of their allocation.
      std::sort(lost.begin() + static_cast<ptrdiff_t>(before), lost.end());
    }
    return lost;
  }

 private:
  struct Node {
    const HeapBlock* block;
    bool reached;
    bool referred;  // By another one that is not reached.
  };

  // What the code under test has itself, or the body's frame. Quick.
  void FromNear() {
    for (const MemoryRange& range : GlobalRanges()) Scan(range);
    for (const MemoryRange& range : roots_.kept) Scan(range);
    Scan({roots_.outer_stack, OuterStackEnd()});
    Follow();
  }

  // A stack stays where it is; only the first time takes long.
  uintptr_t OuterStackEnd() {
    static MemoryRange stack;
    if (!Contains(stack, roots_.outer_stack)) {
      memory_ = AnonymousMemory();
      const MemoryRange* found = MappingOf(roots_.outer_stack);
      stack = found == nullptr ? MemoryRange{} : *found;
    }
    return stack.end;
  }

  // Everything else. What the C library's own variables point to may be free;
  // it is not followed.
  void FromAfar() {
    memory_ = AnonymousMemory();
    Variables variables = FindVariables();
    ScanOlder({roots_.outer_stack, OuterStackEnd()});
    // There the C library has what pthread_setspecific keeps.
    auto thread = reinterpret_cast<uintptr_t>(__builtin_thread_pointer());
    if (const MemoryRange* around = MappingOf(thread)) {
      ScanOlder({std::max(around->begin, thread - kThreadBytes),
                 std::min(around->end, thread + kThreadBytes)});
    }
    for (const MemoryRange& range : variables.of_thread) ScanOlder(range);
    for (const MemoryRange& range : GlobalRanges()) ScanOlder(range);
    for (const MemoryRange& range : variables.common) Scan(range);
    Follow();
  }

  const MemoryRange* MappingOf(uintptr_t address) const {
    auto it = std::upper_bound(
        memory_.begin(), memory_.end(), address,
        [](uintptr_t a, const MemoryRange& m) { return a < m.begin; });
    if (it == memory_.begin()) return nullptr;
    --it;
    return Contains(*it, address) ? &*it : nullptr;
  }

  // For each word that may be a pointer, f of what it may point to.
  template <typename F>
  static void ForEachWord(MemoryRange range, const F& f) {
    for (uintptr_t at = (range.begin + kWord - 1) & ~(kWord - 1);
         at + kWord <= range.end; at += kWord) {
      uintptr_t word;
      memcpy(&word, reinterpret_cast<const void*>(at), sizeof word);
      if (word != 0) f(word);
    }
  }

  Node* At(uintptr_t address) {
    if (address < lo_ || address > hi_) return nullptr;
    auto it = std::upper_bound(
        blocks_.begin(), blocks_.end(), address,
        [](uintptr_t a, const Node& n) { return a < n.block->begin(); });
    if (it == blocks_.begin()) return nullptr;
    --it;
    // The end of a block is a pointer to it as good as any.
    return address <= it->block->end() ? &*it : nullptr;
  }

  template <typename F>
  void ForEachTarget(MemoryRange range, const F& f) {
    ForEachWord(range, [&](uintptr_t word) {
      if (unreached_ == 0) return;
      for (uintptr_t address : {word, word << kMark >> kMark, word >> kMark}) {
        if (Node* node = At(address)) f(*node);
      }
    });
  }

  void Scan(MemoryRange range) {
    if (unreached_ == 0) return;
    ForEachTarget(range, [this](Node& node) {
      if (node.reached) return;
      node.reached = true;
      --unreached_;
      todo_.push_back({node.block->begin(), node.block->end()});
    });
  }

  void Follow() {
    while (!todo_.empty() && unreached_ > 0) {
      MemoryRange range = todo_.back();
      todo_.pop_back();
      Scan(range);
    }
  }

  // Also what lies in blocks that are older than the execution.
  void ScanOlder(MemoryRange range) {
    std::vector<MemoryRange> todo = {range};
    while (!todo.empty() && unreached_ > 0) {
      MemoryRange next = todo.back();
      todo.pop_back();
      Scan(next);
      ForEachWord(next, [&](uintptr_t word) {
        MemoryRange block = OlderBlock(word);
        if (block.end > block.begin && older_.insert(word).second) {
          todo.push_back(block);
        }
      });
      Follow();
    }
  }

  // The block that begins there, or seems to: empty if none does.
  MemoryRange OlderBlock(uintptr_t address) {
    const auto* block = reinterpret_cast<const void*>(address);
    if (!IsInArena(block)) return OlderLibraryBlock(address);
    if (At(address) != nullptr || !IsArenaBlock(block)) return {};
    return {address, address + ArenaBytes(block)};
  }

  // In front of each the C library has its size, a multiple of 16, with three
  // flags below.
  MemoryRange OlderLibraryBlock(uintptr_t address) {
    if (address % 16 != 0 || address == roots_.engine ||
        Contains(roots_.goroutine_stacks, address) || At(address) != nullptr) {
      return {};
    }
    const MemoryRange* in = MappingOf(address);
    if (in == nullptr || address - in->begin < 16 ||
        Contains(*in, roots_.outer_stack)) {
      return {};
    }
    uintptr_t size;
    memcpy(&size, reinterpret_cast<const void*>(address - kWord), sizeof size);
    // The C library's first block lists what is free. Only a large one, which
    // is so marked, has a mapping of its own.
    bool own_mapping = (size & 2) != 0;
    if (address - in->begin == 16 && !own_mapping) return {};
    size &= ~uintptr_t{7};
    if (size % 16 != 0 || size < 32 || size > in->end - address + 16) return {};
    return {address, std::min(address + size - kWord, in->end)};
  }

  void FindReferences() {
    for (const Node& from : blocks_) {
      if (from.reached) continue;
      ForEachTarget({from.block->begin(), from.block->end()}, [&](Node& to) {
        if (to.block != from.block) to.referred = true;
      });
    }
  }

  const LeakRoots& roots_;
  std::vector<Node> blocks_;  // By address.
  size_t unreached_ = 0;
  uintptr_t lo_ = 0;
  uintptr_t hi_ = 0;
  std::vector<MemoryRange> todo_;
  std::vector<MemoryRange> memory_;  // Without variables; by address.
  std::unordered_set<uintptr_t> older_;
};

enum class CodeOf : uint8_t { kNobody, kUser, kOther };

// `kNobody`: of the allocation itself, or the C++ library's templates, which
// allocate for who uses them.
CodeOf CodeAt(void* pc) {
  static auto& known = *new std::unordered_map<void*, CodeOf>;
  auto [it, fresh] = known.try_emplace(pc, CodeOf::kOther);
  if (!fresh) return it->second;
  for (const internal::SourceLocation& place :
       internal::Symbolize(static_cast<char*>(pc) - 1)) {
    if (place.file == "runtime/internal/backtrace.cc" ||
        place.file == "runtime/explorer/engine_memory.cc" ||
        place.file == "runtime/explorer/heap.cc" ||
        place.file.find("/c++/") != std::string::npos ||
        place.function.rfind("operator new", 0) == 0) {
      it->second = CodeOf::kNobody;
      continue;
    }
    return it->second = IsUserFile(place.file) ? CodeOf::kUser : CodeOf::kOther;
  }
  return it->second;
}

}  // namespace

std::vector<const HeapBlock*> FindLost(const std::vector<HeapBlock>& blocks,
                                       const LeakRoots& roots) {
  return Search(blocks, roots).Lost();
}

bool IsUsersAllocation(const Stack& stack) {
  for (void* pc : stack) {
    CodeOf code = CodeAt(pc);
    if (code != CodeOf::kNobody) return code == CodeOf::kUser;
  }
  return false;
}

}  // namespace rt::explorer
