#!/bin/sh
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# What a grader program does with its flags. $1 is sample_grader.

grader=$1
out=${TEST_TMPDIR:-/tmp}/out
failures=0
unset TESTBRIDGE_TEST_ONLY XML_OUTPUT_FILE

# expect STATUS TEXT BROKEN FLAGS...: the exit status, and a line of the output
# that begins with TEXT.
expect() {
  want=$1 text=$2 broken=$3
  shift 3
  BROKEN=$broken "$grader" "$@" >"$out" 2>&1
  status=$?
  if [ "$status" != "$want" ] || ! grep -q "^$text" "$out"; then
    echo "BROKEN=$broken $*: status $status, not $want, or no line '$text':"
    cat "$out"
    failures=$((failures + 1))
  fi
}

expect 0 'PASSED  Sample.Counts' ''
expect 0 '  verified: all 2 interleavings' ''
expect 1 'RACE    Sample.Counts' race
expect 1 'WRONG   Sample.Counts' wrong
expect 1 'DEADLOCK Sample.ChecksTwice#2' second
expect 1 'WRONG   Sample.ExpectsOutside' outside

expect 1 'MEMORY  Sample.Counts' memory
if grep -q 'ChecksTwice' "$out"; then
  echo "checks go on over damaged memory:"
  cat "$out"
  failures=$((failures + 1))
fi

expect 0 '' '' --expect=passed
expect 1 'expected the verdict RACE, got PASSED' '' --expect=race
expect 0 '' race --expect=RACE
expect 1 'expected the verdict PASSED, got DEADLOCK' second --expect=passed
expect 2 '--expect=nonsense: no such verdict' '' --expect=nonsense
expect 2 'unknown argument --nonsense' '' --nonsense

expect 0 'Sample.ChecksTwice' race --list
if [ "$(wc -l <"$out")" != 3 ]; then
  echo "--list prints more than the three names:"
  cat "$out"
  failures=$((failures + 1))
fi

expect 0 '  no failure in [0-9]* interleavings' '' --budget=1
expect 2 '--budget=0: want a whole number from 1' '' --budget=0
expect 2 '--budget=x: want a whole number from 1' '' --budget=x

# step LINES TEXT: with these lines as input, the screen has the text.
step() {
  printf '%b' "$1" | BROKEN=race "$grader" --step >"$out" 2>&1
  if ! grep -q -e "$2" "$out"; then
    echo "--step with input '$1': no '$2' in"
    cat "$out"
    failures=$((failures + 1))
  fi
}
step '' 'step 1 of 6: main  wg.Go'
step '\n\n' 'step 3 of 6: goroutine 2  ++n'
step '6\n' ' > .*  ++n;$'
step '6\np\n' 'step 5 of 6: main  Go(3)'
step 't\n' '     6                                                  ++n'
step '7\n' '"7" is no step from 1 to 6 and no command:'
step 'h\n' '  q      the end'
if printf '6\n\n\n\n' | BROKEN=race "$grader" --step | grep -c '^step' | grep -qv 2; then
  echo "the last step is not the end"
  failures=$((failures + 1))
fi
expect 0 'Nothing failed' '' --step

note='goroutine 3 reads the old value 0, which goroutine 2.s store at line'
if ! echo 10 | BROKEN=old "$grader" --step | grep -q "^  $note"; then
  echo "--step does not tell of the old value"
  failures=$((failures + 1))
fi

diagnosis=${TEST_TMPDIR:-/tmp}/diagnosis.cc
printf '// A head.\n\n// Diagnosis: deadlock\n' >"$diagnosis"
expect 0 '' second --expect_file="$diagnosis"
expect 1 'expected the verdict DEADLOCK, got PASSED' '' --expect_file="$diagnosis"
printf '// No diagnosis.\n' >"$diagnosis"
expect 2 '--expect_file=' '' --expect_file="$diagnosis"

for broken in old race; do
  BROKEN=$broken "$grader" >"$out"
  line=$(sed -n 's/^  again: //p' "$out")
  grep -v 'found in' "$out" | sed -n '/^[RW]/,/again/p' >"$out.first"
  BROKEN=$broken "$grader" "$line" | grep -v 'found in' >"$out.again"
  if ! cmp -s "$out.first" "$out.again"; then
    echo "replaying $line tells another story:"
    diff "$out.first" "$out.again"
    failures=$((failures + 1))
  fi
done
expect 4 '  the program has changed' race "$(echo "$line" | sed 's/@1-......../@1-00000000/')"
expect 2 'no check ran' '' --replay=No.Such@1-00000000-

json=${TEST_TMPDIR:-/tmp}/verdict.json
expect 1 'WRONG   Sample.Counts' old --json="$json"
if ! grep -q "\"note\":\"$note" "$json"; then
  echo "no note on the old value in the JSON:"
  cat "$json"
  failures=$((failures + 1))
fi
expect 1 '' race --json="$json"
for part in '"schema":1,"verdict":"RACE"' '"check":"Sample.Counts","verdict":"RACE"' \
  '"check":"Sample.ChecksTwice#2","verdict":"PASSED"' '"role":"write"'; do
  if ! grep -q "$part" "$json"; then
    echo "no $part in the JSON:"
    cat "$json"
    failures=$((failures + 1))
  fi
done

xml=${TEST_TMPDIR:-/tmp}/test.xml
expect 1 '' second --gtest_output=xml:"$xml"
if ! grep -q 'name="verdict" value="{&quot;schema&quot;:1,&quot;check&quot;:&quot;Sample.ChecksTwice#2' "$xml"; then
  echo "no verdict of the second check in the XML:"
  cat "$xml"
  failures=$((failures + 1))
fi

expect 0 '' '' --gtest_output=xml:"$xml"
if ! grep 'Sample.ChecksTwice' "$xml" | grep -q 'executions&quot;:2,'; then
  echo "the two checks of one test are not counted together in the XML:"
  cat "$xml"
  failures=$((failures + 1))
fi

exit "$failures"
