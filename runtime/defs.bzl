# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT

"""rt_library: a library of the runtime, for production and for the explorer."""

load("@rules_cc//cc:defs.bzl", "cc_library")

# .bazelrc says -O1, which -c opt does not override.
COPTS = [
    "-Wall",
    "-Wextra",
    "-Werror",
] + select({
    "//runtime:opt": ["-O2"],
    "//conditions:default": [],
})

def rt_library(name, rt_deps = [], deps = [], copts = [], **kwargs):
    """Declares `name` and `name_explored` from the same source.

    Args:
      name: the production library; `name_explored` is the one that tells the
        explorer what it does (see runtime/internal/host.h).
      rt_deps: other rt_library targets; the explored library gets their
        explored forms.
      deps: everything else, the same for both.
      copts: added to the house's compiler options.
      **kwargs: as cc_library (srcs, hdrs, visibility, ...).
    """
    cc_library(
        name = name,
        copts = COPTS + copts,
        deps = deps + rt_deps,
        **kwargs
    )
    cc_library(
        name = name + "_explored",
        copts = COPTS + copts,
        defines = ["RT_EXPLORED"],
        deps = deps + [_explored(d) for d in rt_deps],
        **kwargs
    )

def _explored(label):
    if ":" in label:
        return label + "_explored"
    return label + ":" + label.split("/")[-1] + "_explored"
