# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT

"""explore_test: a test whose code the explorer runs."""

load("@rules_cc//cc:defs.bzl", "cc_test")
load("//runtime:defs.bzl", "COPTS")
load("//tools:defs.bzl", "EXPLORED_COPTS")

def explore_test(name, deps = [], locks_wrongly = False, size = "small", **kwargs):
    """Declares the test NAME.cc, compiled as the code under test.

    Args:
      name: the test.
      deps: besides the explored runtime, the explorer, absl's status and time,
        and GoogleTest.
      locks_wrongly: on purpose, which Clang's analysis would refuse.
      size: of the test.
      **kwargs: as cc_test.
    """
    wrong = ["-Wno-thread-safety"] if locks_wrongly else []
    cc_test(
        name = name,
        size = size,
        srcs = [name + ".cc"],
        copts = COPTS + EXPLORED_COPTS + wrong,
        tags = ["explored"],
        deps = deps + [
            "//runtime:runtime_explored",
            "//runtime/explorer:check",
            "//runtime/explorer:explore",
            "//tests/support:explore_test",
            "@com_google_absl//absl/status",
            "@com_google_absl//absl/time",
            "@com_google_googletest//:gtest_main",
        ],
        **kwargs
    )
