// Copyright 2026 The Concurrency in C++ Authors
// SPDX-License-Identifier: MIT

// A library that takes its time where the loader has a lock that starting a
// thread takes, too: while it resolves a function. Nothing of the library can
// be called there yet, not by a sanitizer either.

extern "C" {

static int Answer() { return 42; }

__attribute__((no_sanitize("address", "thread",
                           "undefined"))) int (*ResolveSlowly())() {
  constexpr int kSomeTenthsOfASecond = 200'000'000;
  for (int i = 0; i < kSomeTenthsOfASecond; ++i) asm volatile("");
  return Answer;
}

int SlowToLoad() __attribute__((ifunc("ResolveSlowly")));

// For the sake of which it is resolved when the library is loaded.
int (*answer)() = SlowToLoad;
}
