# shellcheck shell=bash
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# What presubmit.sh and nightly.sh have in common.

bazel_test() {
  "${COURSE_BAZEL:-bazel}" test --keep_going --color=no --curses=no \
    --noshow_progress --test_summary=terse "$@"
}

# run_steps ALL NAME...: runs the steps that are named, of those in ALL, or all
# of them without a name. The caller's run_step runs one. Runs each even if one
# before it failed, and says at the end which did.
run_steps() {
  local all step started outcome report=() status=0
  read -ra all <<<"$1"
  shift
  for step; do
    if [[ " ${all[*]} " != *" $step "* ]]; then
      echo "$(basename "$0"): no step is named $step; there are: ${all[*]}" >&2
      exit 2
    fi
  done
  [[ $# -gt 0 ]] || set -- "${all[@]}"
  for step; do
    echo "== $step"
    started=$SECONDS
    if run_step "$step"; then
      outcome=ok
    else
      outcome=FAILED
      status=1
    fi
    report+=("$(printf '%-10s %-6s %4d s' "$step" "$outcome" \
      $((SECONDS - started)))")
  done
  printf '\n'
  printf '%s\n' "${report[@]}"
  return "$status"
}
