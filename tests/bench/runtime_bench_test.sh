#!/usr/bin/env bash
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# Every benchmark runs and prints its metrics in the promised form; Go's side
# has the same rows; wrong flags are refused with a reason.

set -uo pipefail

bench=$1
go_sources=("${@:2}")
failures=0

fail() {
  echo "FAIL: $*" >&2
  failures=$((failures + 1))
}

# refuses FRAGMENT FLAG...: exit status 2, and FRAGMENT on stderr.
refuses() {
  local fragment=$1 text status
  shift
  text=$("$bench" "$@" 2>&1 >/dev/null)
  status=$?
  [[ $status -eq 2 ]] || fail "$* ended with status $status"
  [[ $text == *"$fragment"* ]] || fail "$* did not say '$fragment': $text"
}

# One repetition of each: under a sanitizer a process takes a while to start.
lines=$("$bench" --smoke --reps=1 --procs=2) || fail "a benchmark failed"
for name in $("$bench" --list); do
  # A benchmark of several metrics has its name before each of them.
  grep -qP "^$name\w*\t\d+\t-?\d+\.\d\d\t-?\d+\.\d\d\t(ns|us|ms|B|req/s)$" \
    <<<"$lines" || fail "$name printed nothing of the form: $lines"
  grep -q "{name: \"$name\"," "${go_sources[@]}" ||
    fail "Go's side has no $name"
done

[[ $("$bench" --list --filter='^fib$') == fib ]] || fail "--filter=^fib\$"
json=$("$bench" --smoke --reps=2 --procs=1 --filter='^fib$' --json)
grep -q '"name":"fib","procs":1,"samples":\[[0-9.e-]*,[0-9.e-]*\],"unit":"ms"' \
  <<<"$json" || fail "--json has another form: $json"

refuses "--procs=0: want a whole number from 1 to 1024" --procs=0
refuses "--procs=two: want a whole number" --procs=two
refuses "--reps=0: want a whole number" --reps=0
refuses "--filter=(: " '--filter=('
refuses "--filter=xyzzy: no benchmark has such a name" --filter=xyzzy
refuses "what is --speed?" --speed
refuses "what is --procs?" --procs
refuses "what is fib?" fib

exit $((failures > 0))
