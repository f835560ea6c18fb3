#!/bin/bash
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT

# explorer_bench says what it should of each program, and refuses what it does
# not know.

set -u
bench=$1
failures=0

expect() {  # expect WHAT PATTERN: a line of $out matches it.
  if ! grep -qE "$2" <<<"$out"; then
    echo "FAILED: $1: no line matches $2 in"
    echo "$out"
    failures=$((failures + 1))
  fi
}

tab=$'\t'
out=$("$bench" --smoke)
expect "a small search is complete" \
  "^2 goroutines x 2 locked increments${tab}reduced${tab}6${tab}[0-9]+${tab}verified: all 6 interleavings$"
expect "a deadlock is found" \
  "^3 philosophers, can deadlock${tab}sampled${tab}[0-9]+${tab}[0-9]+${tab}4 goroutines wait for ever$"
expect "sampling is not complete" \
  "^3 philosophers, ordered${tab}sampled${tab}10000${tab}[0-9]+${tab}no failure in 10000 interleavings$"

out=$("$bench" --smoke --filter='^4 g')
if [ "$(wc -l <<<"$out")" != 2 ]; then
  echo "FAILED: --filter: $out"
  failures=$((failures + 1))
fi

for wrong in --filter=nothing '--filter=(' --fast; do
  if out=$("$bench" --smoke "$wrong" 2>&1); then
    echo "FAILED: $wrong is not refused"
    failures=$((failures + 1))
  fi
  expect "$wrong" "^usage: explorer_bench"
done
exit $((failures > 0))
