#!/usr/bin/env bash
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# Everything that a change must pass before it is sent: the format, the tests, the
# reference answers, every sanitizer and the other compiler. Runs each step even
# if one before it failed, says at the end which did, and takes the names of the
# steps to run as arguments (all of them without).
#
#   .ci/presubmit.sh
#   .ci/presubmit.sh format race
#
# It needs clang, clang-format and shellcheck besides what ./course installs.

set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=.ci/steps.sh
. .ci/steps.sh

# Everything but the lessons: `bazel test //lessons/...` grades the student's
# files, which fail as they stand.
readonly ours=(//tests/... //runtime/... //tools/...)

check_format() {
  local files
  mapfile -t files < <(git ls-files '*.cc' '*.h')
  clang-format --dry-run --Werror "${files[@]}"
}

check_shell() {
  local files
  mapfile -t files < <(git ls-files '*.sh')
  shellcheck -x course .ci/run third_party/offline_modules "${files[@]}"
}

run_step() {
  case $1 in
    format) check_format ;;
    shell) check_shell ;;
    tests) bazel_test "${ours[@]}" ;;
    solutions) bazel_test --config=solutions //lessons/... ;;
    race | asan | ubsan) bazel_test --config="$1" "${ours[@]}" ;;
    clang)
      bazel_test --config=clang "${ours[@]}" &&
        bazel_test --config=clang --config=solutions //lessons/...
      ;;
  esac
}

run_steps "format shell tests solutions race asan ubsan clang" "$@"
