# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT

"""The native Java rules that Bazel 4's own BUILD files ask for.

Bazel reads them to register its toolchains, even where no Java is built.
"""

java_binary = native.java_binary
java_import = native.java_import
java_library = native.java_library
java_runtime = native.java_runtime
java_toolchain = native.java_toolchain
