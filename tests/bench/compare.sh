#!/usr/bin/env bash
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# Runs every benchmark here and in Go, one right after the other, and prints a
# table: Go's median, ours, how many times as fast we are, and the target.
#
#   tests/bench/compare.sh [--procs=1,2] [--filter=REGEXP] [--reps=7]
#
# RUNTIME_BENCH names a runtime_bench that is built already, GO a go command.
# README.md says how to read the table and what would mislead.

set -euo pipefail
cd "$(dirname "$0")/../.."

procs=1,2
filter=
reps=7
for argument; do
  case $argument in
    --procs=?*) procs=${argument#*=} ;;
    --filter=*) filter=${argument#*=} ;;
    --reps=?*) reps=${argument#*=} ;;
    *)
      echo "usage: compare.sh [--procs=1,2] [--filter=REGEXP] [--reps=7]" >&2
      exit 2
      ;;
  esac
done

go=$(tests/bench/find_go.sh)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd tests/bench/go && GOTOOLCHAIN=local GOFLAGS=-mod=mod \
  "$go" build -o "$work/gobench" .)

bazel=${COURSE_BAZEL:-bazel}
if [[ -z ${RUNTIME_BENCH:-} ]]; then
  "$bazel" build -c opt //tests/bench:runtime_bench
  RUNTIME_BENCH=$("$bazel" info -c opt bazel-bin)/tests/bench/runtime_bench
fi

mapfile -t names < <("$RUNTIME_BENCH" --list --filter="$filter")
[[ ${#names[@]} -gt 0 ]] || exit 2

echo "$("$go" version), $(nproc) processors, $(uname -sr), medians of $reps"
echo "Load when it began: $(cut -d ' ' -f 1-3 /proc/loadavg)"
echo

# name, procs, Go's median, ours, unit; `table` adds the rest.
rows() {
  local name p
  for name in "${names[@]}"; do
    for p in ${procs//,/ }; do
      # A row with a fixed number of processors once is enough.
      [[ $name == preempt_latency && $p != "${procs%%,*}" ]] && continue
      "$work/gobench" -procs "$p" -reps "$reps" -filter "^$name\$" \
        >"$work/theirs"
      "$RUNTIME_BENCH" --procs="$p" --reps="$reps" --filter="^$name\$" \
        >"$work/ours"
      awk -F '\t' -v OFS='\t' '
        NR == FNR { theirs[$1] = $3; next }
        { print $1, $2, theirs[$1], $3, $5 }' "$work/theirs" "$work/ours"
    done
  done
}

# Targets: "3x" is three times as fast as Go, "<= 12" is ours at most 12. What
# has none must not be slower than Go.
table() {
  awk -F '\t' '
    BEGIN {
      split("spawn_join=3x spawn_many=3x gosched=4x pingpong_unbuffered=3x " \
            "chan_uncontended=2x chan_buffered_spsc=1.5x " \
            "chan_unbuffered_spsc=2x select2_ready=2x select4_pingpong=3x " \
            "cond_pingpong=3x skynet=2x sieve=2x fib=2x netpoll_echo=1.3x " \
            "parked_memory_100k=4600 parked_memory_1m=4600 " \
            "preempt_latency=12 once_fastpath=1", list, " ")
      for (i in list) {
        split(list[i], pair, "=")
        target[pair[1]] = pair[2]
      }
      form = "%-22s %5s %12s %12s %-6s %7s %8s  %s\n"
      printf form, "benchmark", "procs", "Go", "here", "unit", "ratio", \
        "target", "met"
    }
    {
      ratio = $5 == "req/s" ? $4 / $3 : $3 / $4
      want = $1 in target ? target[$1] : "1x"
      if (want ~ /x$/) met = ratio >= want + 0
      else { met = $4 <= want; want = "<= " want }
      printf form, $1, $2, $3, $4, $5, sprintf("%.2f", ratio), want, \
        met ? "yes" : "NO"
      fflush()
    }'
}

rows | table
