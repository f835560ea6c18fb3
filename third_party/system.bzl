# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT

"""Maps the system's packages to the labels that MODULE.bazel's registry modules have.

Each rule writes a small repository: BUILD files whose targets carry linker
options only. The headers come from /usr/include, which the compiler searches
anyway. What is on the machine is looked up when the repository is made, so the
same rules serve every release of the distribution and every architecture.
"""

# Public abseil targets this project uses, by package. A target that is not
# listed is a missing label here and in review, not a surprise at link time.
_ABSL = {
    "base": ["core_headers"],
    "cleanup": ["cleanup"],
    "container": ["flat_hash_map", "flat_hash_set", "inlined_vector", "btree"],
    "debugging": ["stacktrace", "symbolize"],
    "functional": ["any_invocable", "function_ref"],
    "memory": ["memory"],
    "random": ["random"],
    "status": ["status", "statusor"],
    "strings": ["strings", "str_format"],
    "synchronization": ["synchronization"],
    "time": ["time"],
    "types": ["span", "optional"],
}

_HEAD = """# Generated from the system's packages; see third_party/system.bzl.
package(default_visibility = ["//visibility:public"])
"""

def _library(name, linkopts = [], deps = [], alwayslink = False):
    return "cc_library(name = \"%s\", linkopts = %s, deps = %s)\n" % (name, repr(linkopts), repr(deps))

def _find(ctx, pattern):
    """Paths that match the shell pattern, sorted."""
    result = ctx.execute(["sh", "-c", "ls -1 %s 2>/dev/null | sort" % pattern])
    return [line for line in result.stdout.split("\n") if line]

def _require(ctx, paths, package):
    if not paths:
        fail("\n\n%s is not installed. Type:\n\n    ./course doctor\n" % package)

def _absl_impl(ctx):
    archives = _find(ctx, "/usr/lib/*/libabsl_*.a")
    _require(ctx, archives, "libabsl-dev")

    # Some of abseil's archives need each other in a circle, and their order
    # changes between releases: let the linker search them as one group.
    # test_util archives would pull in GoogleTest.
    names = [a.split("/")[-1] for a in archives if "test_util" not in a and "scoped_" not in a and "flags_parse" not in a]
    group = ["-Wl,--start-group"] + ["-l:" + n for n in names] + ["-Wl,--end-group", "-lpthread"]
    ctx.file("BUILD", _HEAD + _library("archives", linkopts = group))
    for package, targets in _ABSL.items():
        ctx.file("absl/%s/BUILD" % package, _HEAD + "".join([
            _library(t, deps = ["//:archives"])
            for t in targets
        ]))

def _googletest_impl(ctx):
    _require(ctx, _find(ctx, "/usr/lib/*/libgmock.a"), "libgmock-dev")
    ctx.file("BUILD", _HEAD +
                      _library("gtest", linkopts = ["-l:libgmock.a", "-l:libgtest.a", "-lpthread"]) +
                      _library("gtest_main", linkopts = ["-l:libgmock_main.a"], deps = [":gtest"]))

def _library_impl(ctx):
    _require(ctx, _find(ctx, ctx.attr.probe), ctx.attr.package)
    ctx.file("BUILD", _HEAD + "".join([
        _library(target, linkopts = options)
        for target, options in ctx.attr.targets.items()
    ]))

system_absl = repository_rule(implementation = _absl_impl, local = True)
system_googletest = repository_rule(implementation = _googletest_impl, local = True)

# A package with few libraries: `targets` maps each label to its linker options.
system_library = repository_rule(
    implementation = _library_impl,
    local = True,
    attrs = {
        "package": attr.string(mandatory = True, doc = "the package that holds the files"),
        "probe": attr.string(mandatory = True, doc = "shell pattern of a file it installs"),
        "targets": attr.string_list_dict(mandatory = True),
    },
)
