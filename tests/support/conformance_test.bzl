# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT

"""conformance_test: a test of what the runtime promises."""

load("@rules_cc//cc:defs.bzl", "cc_test")
load("//runtime:defs.bzl", "COPTS")

def conformance_test(name, size = "small", copts = [], deps = [], **kwargs):
    """Declares the test NAME.cc.

    Args:
      name: the test.
      size: of the test.
      copts: besides those of all the code.
      deps: besides the runtime, the tests' fixtures, and GoogleTest.
      **kwargs: as cc_test.
    """
    cc_test(
        name = name,
        size = size,
        srcs = [name + ".cc"],
        copts = COPTS + copts,
        deps = deps + [
            "//runtime",
            "//tests/support:runtime_test",
            "@com_google_googletest//:gtest_main",
        ],
        **kwargs
    )
