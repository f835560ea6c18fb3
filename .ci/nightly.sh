#!/usr/bin/env bash
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# What takes too long for each change, and is not in presubmit.sh: the tests as
# they are measured (-c opt), the reference answers under the sanitizers, what
# fails only now and then, and the table of the benchmarks beside Go. Some hours
# in all. Takes the names of steps as presubmit.sh does.
#
#   .ci/nightly.sh
#   ROUNDS=1000 .ci/nightly.sh stress race
#
# It needs what presubmit.sh needs, and golang for the benchmarks.

set -uo pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=.ci/steps.sh
. .ci/steps.sh

# How often what fails now and then is run.
readonly rounds=${ROUNDS:-100}

stress() {
  bazel_test --build_tests_only --test_tag_filters=stress \
    --runs_per_test="$rounds" --local_test_jobs=1 "$@" //tests/...
}

run_step() {
  local config
  case $1 in
    opt)
      bazel_test --config=opt //tests/... //runtime/... //tools/... &&
        bazel_test --config=opt --config=solutions //lessons/...
      ;;
    solutions)
      for config in race asan ubsan; do
        bazel_test --config="$config" --config=solutions //lessons/... ||
          return
      done
      ;;
    # More of them at a time than there are processors: another timing.
    repeat)
      bazel_test --runs_per_test=20 --local_test_jobs=HOST_CPUS*2 \
        //tests/conformance/... //tests/explorer/...
      ;;
    stress) stress ;;
    race | asan | ubsan | clang) stress --config="$1" ;;
    bench) tests/bench/compare.sh ;;
  esac
}

run_steps "opt solutions repeat stress race asan ubsan clang bench" "$@"
