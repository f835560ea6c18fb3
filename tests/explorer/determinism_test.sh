#!/bin/sh
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# The same grader says the same, to the letter, wherever the kernel puts it: a
# second time, without address-space randomisation, with a larger environment,
# and from another folder. $1 is sample_grader, $2 sample_pointers.

failures=0
unset TESTBRIDGE_TEST_ONLY XML_OUTPUT_FILE
here=$PWD
tmp=${TEST_TMPDIR:-/tmp}
export COURSE_ROOT="$here"  # Where the sources are, from any folder.

# same NAME COMMAND...: prints what the first one has printed.
same() {
  name=$1
  shift
  "$@" --json="$tmp/$name.json" >"$tmp/$name.txt" 2>&1
  for kind in txt json; do
    if ! cmp -s "$tmp/first.$kind" "$tmp/$name.$kind"; then
      echo "$grader, $name: another $kind report:"
      diff "$tmp/first.$kind" "$tmp/$name.$kind" | head -20
      failures=$((failures + 1))
    fi
  done
}

# always GRADER BROKEN VERDICTS: so many verdicts that are not GRADER's.
always() {
  grader=$1
  program=$here/$1
  export BROKEN="$2"
  "$program" --json="$tmp/first.json" >"$tmp/first.txt" 2>&1
  if [ "$(grep -v ^GRADER "$tmp/first.txt" | grep -c '^[A-Z]')" != "$3" ]; then
    echo "$grader, BROKEN=$2: no $3 verdicts in"
    cat "$tmp/first.txt"
    failures=$((failures + 1))
  fi
  same again "$program"
  if setarch -R true 2>/dev/null; then
    same fixed setarch -R "$program"
  fi
  same environment env MUCH="$(printf '%08000d' 0)" "$program"
  cd / || exit 1
  same elsewhere "$program"
  cd "$here" || exit 1
}

always "$1" '' 3
always "$1" race 3
always "$1" memory 1
always "$2" '' 7
exit "$failures"
