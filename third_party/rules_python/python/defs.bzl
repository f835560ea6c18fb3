# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT

"""The Python rules that Bazel 7's own BUILD files ask for.

Bazel reads them to register its toolchains, even where no Python is built.
"""

py_binary = native.py_binary
py_library = native.py_library
py_runtime = native.py_runtime
py_test = native.py_test

def _py_runtime_pair_impl(_ctx):
    return [platform_common.ToolchainInfo(py2_runtime = None, py3_runtime = None)]

# An empty pair: no target of this repository resolves a Python toolchain.
py_runtime_pair = rule(
    implementation = _py_runtime_pair_impl,
    attrs = {
        "py2_runtime": attr.label(),
        "py3_runtime": attr.label(),
    },
)
