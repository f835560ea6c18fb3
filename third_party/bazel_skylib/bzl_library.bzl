# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT

"""bzl_library: a list of Starlark files, which Bazel's own BUILD files declare."""

def bzl_library(name, srcs = [], deps = [], visibility = None, **_kwargs):
    native.filegroup(
        name = name,
        srcs = srcs + deps,
        visibility = visibility,
    )
