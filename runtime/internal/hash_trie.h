// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// HashTrie: the machine under rt::Map: entries by their hash, read without a
// lock.
//
// A trie over the bits of the hash, five for each level from the top (Bagwell,
// "Ideal hash trees", 2001), which therefore never has to be copied to grow,
// and has an order. Below a branch, each of 32 slots is empty, a branch, or an
// entry; entries with the same hash are linked.
//
//   T1  Slots, links and `dead` change under the lock of their branch only;
//       they are read without it, inside a ReadSection.
//   T2  A dead entry or branch is not reached from the root any more, stays
//       dead, and is not changed.
//   T3  A branch other than the root has at least one used slot once it can be
//       reached, or somebody is about to take it out (Prune).
//   T4  Locks are taken from the root down. No code of the user's runs under
//       them: keys and values are compared, copied and destroyed outside.
//
// As Go's internal/sync.HashTrieMap, from which the locking is.
//
// Threads: any, all at once. Find and Seek are called, and what they find is
//          used, inside one ReadSection.

#ifndef RUNTIME_INTERNAL_HASH_TRIE_H_
#define RUNTIME_INTERNAL_HASH_TRIE_H_

#include <atomic>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "runtime/internal/raw_mutex.h"
#include "runtime/internal/reclaim.h"

namespace rt::internal {

class HashTrie {
 public:
  // An entry, or a branch.
  struct Node : Retired {
    explicit Node(bool is_branch) : is_branch(is_branch) {}
    const bool is_branch;
    std::atomic<bool> dead{false};
  };

  // Derived from by Map, with key and value.
  struct Entry : Node {
    explicit Entry(uint64_t hash) : Node(false), hash(hash) {}
    Entry* Next() const { return next.load(std::memory_order_seq_cst); }
    const uint64_t hash;
    std::atomic<Entry*> next{nullptr};  // With the same hash.
  };

  struct Branch : Node {
    static constexpr int kBits = 5;
    static constexpr int kSlots = 1 << kBits;
    Branch(Branch* parent, int depth);

    std::atomic<Node*>& SlotFor(uint64_t hash) { return slots[Index(hash)]; }
    uint64_t Index(uint64_t hash) const {
      return hash << depth >> (64 - kBits);
    }

    Branch* const parent;  // Null for the root.
    const int depth;       // Bits of the hash that are used up above.
    RawMutex mu{LockRank::kMap};
    int used ABSL_GUARDED_BY(mu) = 0;  // Slots that are not empty.
    std::atomic<Node*> slots[kSlots] = {};
  };

  // Where a hash belongs.
  struct Place {
    Branch* branch;
    Node* seen;  // What was in its slot: no branch.
    // The first entry with the hash, or null.
    Entry* First(uint64_t hash) const {
      auto* entry = static_cast<Entry*>(seen);
      return entry != nullptr && entry->hash == hash ? entry : nullptr;
    }
  };

  HashTrie();
  // The entries, too. Nobody else may be using it.
  ~HashTrie();
  HashTrie(const HashTrie&) = delete;
  HashTrie& operator=(const HashTrie&) = delete;

  Place Find(uint64_t hash) const {
    Branch* branch = root_.load(std::memory_order_seq_cst);
    for (;;) {
      Node* node = branch->SlotFor(hash).load(std::memory_order_seq_cst);
      if (node == nullptr || !node->is_branch) return {branch, node};
      branch = static_cast<Branch*>(node);
    }
  }

  // Puts a new entry there; false if the place has changed since it was found.
  [[nodiscard]] bool Insert(const Place& place, Entry* entry);

  // Locks what `entry`, found there, is guarded by; false if it is dead.
  [[nodiscard]] static bool LockLive(const Place& place, const Entry* entry)
      ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true, place.branch->mu);
  static void Unlock(const Place& place)
      ABSL_UNLOCK_FUNCTION(place.branch->mu) {
    place.branch->mu.Unlock();
  }

  // Takes out an entry between LockLive and, which it does, Unlock. The caller
  // retires the entry, and what is returned, at the end of its ReadSection.
  [[nodiscard]] static Retired* RemoveAndUnlock(const Place& place,
                                                Entry* entry)
      ABSL_UNLOCK_FUNCTION(place.branch->mu);

  // The first entry, in the order of hashes, with a hash of at least `from`.
  Entry* Seek(uint64_t from) const;

  // Takes everything out; the caller retires what is returned.
  [[nodiscard]] Retired* Clear();

 private:
  static Branch* Fork(Branch* parent, int depth, Entry* a, Entry* b);
  static Retired* Prune(Branch* branch);
  static Entry* SeekIn(Branch* branch, uint64_t from);
  static void DestroyBranch(Retired* branch);
  static void DestroyTree(Retired* branch);

  std::atomic<Branch*> root_;
};

}  // namespace rt::internal

#endif  // RUNTIME_INTERNAL_HASH_TRIE_H_
