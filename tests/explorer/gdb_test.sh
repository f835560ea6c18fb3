#!/bin/sh
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# A replay works under gdb: a breakpoint at the line of the race is met by both
# goroutines, in the order of the report. $1 is sample_grader.

if ! gdb --version >/dev/null 2>&1; then
  echo "skipped: there is no gdb here"
  exit 0
fi
grader=$1
out=${TEST_TMPDIR:-/tmp}/out
unset TESTBRIDGE_TEST_ONLY XML_OUTPUT_FILE
export BROKEN=race
line=$("$grader" | sed -n 's/^  again: //p')
at=$("$grader" | sed -n 's/^    write *tests\/explorer\/\(sample_grader.cc:[0-9]*\).*/\1/p' | head -1)
gdb -batch -nx -ex 'set pagination off' -ex 'set breakpoint pending on' \
  -ex "break $at" -ex run -ex 'info breakpoints' -ex 'bt 3' -ex continue \
  -ex delete -ex continue --args "$grader" "$line" >"$out" 2>&1
if grep -q 'ptrace: Operation not permitted' "$out"; then
  echo "skipped: nothing may be traced here"
  exit 0
fi
failures=0
for text in 'breakpoint already hit 1 time' '^#0 .*sample_grader.cc' \
  '^RACE    Sample.Counts' "^  again: $line"; do
  if ! grep -q -e "$text" "$out"; then
    echo "no line '$text' in"
    cat "$out"
    failures=$((failures + 1))
  fi
done
exit "$failures"
