// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

#include "runtime/internal/hash_trie.h"

namespace rt::internal {

using Branch = HashTrie::Branch;
using Entry = HashTrie::Entry;
using Node = HashTrie::Node;

Branch::Branch(Branch* parent, int depth)
    : Node(true), parent(parent), depth(depth) {
  destroy = &HashTrie::DestroyBranch;
}

HashTrie::HashTrie() : root_(new Branch(nullptr, 0)) {}

HashTrie::~HashTrie() { DestroyTree(root_.load(std::memory_order_relaxed)); }

void HashTrie::DestroyBranch(Retired* branch) {
  delete static_cast<Branch*>(branch);
}

void HashTrie::DestroyTree(Retired* retired) {
  auto* branch = static_cast<Branch*>(retired);
  for (std::atomic<Node*>& slot : branch->slots) {
    Node* node = slot.load(std::memory_order_relaxed);
    if (node == nullptr) continue;
    if (node->is_branch) {
      DestroyTree(node);
      continue;
    }
    for (auto* entry = static_cast<Entry*>(node); entry != nullptr;) {
      Entry* next = entry->next.load(std::memory_order_relaxed);
      entry->destroy(entry);
      entry = next;
    }
  }
  delete branch;
}

// A branch, with more below it if need be, with two entries of different hash.
Branch* HashTrie::Fork(Branch* parent, int depth, Entry* a, Entry* b)
    ABSL_NO_THREAD_SAFETY_ANALYSIS {  // Nobody else sees it yet.
  auto* branch = new Branch(parent, depth);
  std::atomic<Node*>& slot = branch->SlotFor(a->hash);
  if (&slot == &branch->SlotFor(b->hash)) {
    slot.store(Fork(branch, depth + Branch::kBits, a, b),
               std::memory_order_relaxed);
    branch->used = 1;
  } else {
    slot.store(a, std::memory_order_relaxed);
    branch->SlotFor(b->hash).store(b, std::memory_order_relaxed);
    branch->used = 2;
  }
  return branch;
}

bool HashTrie::Insert(const Place& place, Entry* entry) {
  Branch* branch = place.branch;
  auto* old = static_cast<Entry*>(place.seen);
  Node* put = entry;
  if (old != nullptr && old->hash == entry->hash) {
    entry->next.store(old, std::memory_order_relaxed);
  } else if (old != nullptr) {
    put = Fork(branch, branch->depth + Branch::kBits, old, entry);
  }
  {
    RawLock lock(branch->mu);
    std::atomic<Node*>& slot = branch->SlotFor(entry->hash);
    if (!branch->dead.load(std::memory_order_relaxed) &&
        slot.load(std::memory_order_relaxed) == old) {
      if (old == nullptr) ++branch->used;
      slot.store(put, std::memory_order_seq_cst);
      return true;
    }
  }
  entry->next.store(nullptr, std::memory_order_relaxed);
  while (put != entry) {  // Nobody has seen the fork.
    auto* fork = static_cast<Branch*>(put);
    put = fork->SlotFor(entry->hash).load(std::memory_order_relaxed);
    delete fork;
  }
  return false;
}

bool HashTrie::LockLive(const Place& place, const Entry* entry) {
  place.branch->mu.Lock();
  // An entry moves down when its slot becomes a branch: then it is another
  // branch's. Relaxed: both change under the lock only.
  Node* now =
      place.branch->SlotFor(entry->hash).load(std::memory_order_relaxed);
  if (!entry->dead.load(std::memory_order_relaxed) && now != nullptr &&
      !now->is_branch && !place.branch->dead.load(std::memory_order_relaxed)) {
    return true;
  }
  place.branch->mu.Unlock();
  return false;
}

Retired* HashTrie::RemoveAndUnlock(const Place& place, Entry* entry) {
  entry->dead.store(true, std::memory_order_release);
  std::atomic<Node*>& slot = place.branch->SlotFor(entry->hash);
  auto* first = static_cast<Entry*>(slot.load(std::memory_order_relaxed));
  Entry* next = entry->next.load(std::memory_order_relaxed);
  if (first == entry) {
    slot.store(next, std::memory_order_seq_cst);
    if (next == nullptr) --place.branch->used;
  } else {
    Entry* before = first;
    while (before->next.load(std::memory_order_relaxed) != entry) {
      before = before->next.load(std::memory_order_relaxed);
    }
    before->next.store(next, std::memory_order_seq_cst);
  }
  bool empty = place.branch->used == 0;
  place.branch->mu.Unlock();
  return empty ? Prune(place.branch) : nullptr;
}

// Takes out a branch that was found empty, and those above that become so.
// Returns them, linked.
Retired* HashTrie::Prune(Branch* branch) {
  Retired* out = nullptr;
  while (Branch* parent = branch->parent) {
    RawLock parent_lock(parent->mu);
    RawLock lock(branch->mu);
    // Somebody may have been faster, or have put something in.
    if (branch->used > 0 || branch->dead.load(std::memory_order_relaxed)) break;
    branch->dead.store(true, std::memory_order_release);
    for (std::atomic<Node*>& slot : parent->slots) {
      if (slot.load(std::memory_order_relaxed) == branch) {
        slot.store(nullptr, std::memory_order_seq_cst);
      }
    }
    bool go_on = --parent->used == 0;
    branch->next_retired = out;
    out = branch;
    if (!go_on) break;
    branch = parent;
  }
  return out;
}

Entry* HashTrie::Seek(uint64_t from) const {
  return SeekIn(root_.load(std::memory_order_seq_cst), from);
}

Entry* HashTrie::SeekIn(Branch* branch, uint64_t from) {
  uint64_t first = branch->Index(from);
  for (uint64_t i = first; i < Branch::kSlots; ++i) {
    Node* node = branch->slots[i].load(std::memory_order_seq_cst);
    if (node == nullptr) continue;
    // Beyond the first slot all are larger.
    uint64_t least = i == first ? from : 0;
    Entry* found = static_cast<Entry*>(node);
    if (node->is_branch) {
      found = SeekIn(static_cast<Branch*>(node), least);
    } else if (found->hash < least) {
      found = nullptr;
    }
    if (found != nullptr) return found;
  }
  return nullptr;
}

Retired* HashTrie::Clear() {
  // Who is at work in the old tree has begun before, so its work may be taken
  // for done before.
  Branch* old = root_.exchange(new Branch(nullptr, 0));
  old->destroy = &HashTrie::DestroyTree;
  return old;
}

}  // namespace rt::internal
