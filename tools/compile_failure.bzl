"""compile_failure: a program whose source must not compile.

Running it prints what the compiler said and exits with status 1, so a demo that
shows a mistake the compiler refuses is run, and checked, like any other. If the
source compiles after all, the build fails.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _compile_failure_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    context = cc_common.merge_cc_infos(
        direct_cc_infos = [dep[CcInfo] for dep in ctx.attr.deps],
    ).compilation_context
    source = ctx.file.src
    said = ctx.actions.declare_file(ctx.label.name + ".said")
    variables = cc_common.create_compile_variables(
        cc_toolchain = toolchain,
        feature_configuration = features,
        source_file = source.path,
        output_file = "/dev/null",
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts +
                             ctx.attr.copts + ["-fdiagnostics-color=never"],
        include_directories = context.includes,
        quote_include_directories = context.quote_includes,
        system_include_directories = context.system_includes,
        preprocessor_defines = context.defines,
    )
    command = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = CPP_COMPILE_ACTION_NAME,
        variables = variables,
    )
    compiler = cc_common.get_tool_for_action(
        feature_configuration = features,
        action_name = CPP_COMPILE_ACTION_NAME,
    )
    ctx.actions.run_shell(
        inputs = depset([source], transitive = [context.headers, toolchain.all_files]),
        outputs = [said],
        arguments = [said.path, source.path, compiler] + command,
        command = """
said=$1; source=$2; shift 2
if "$@" 2> "$said"; then
  echo "$source compiles, but must not." >&2
  exit 1
fi
""",
        env = cc_common.get_environment_variables(
            feature_configuration = features,
            action_name = CPP_COMPILE_ACTION_NAME,
            variables = variables,
        ),
        mnemonic = "CompileFailure",
        progress_message = "Compiling %s, which must fail" % source.short_path,
    )
    program = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.write(program, """#!/bin/sh
here=$(dirname "$0")
cat "$here/%s" >&2
exit 1
""" % said.basename, is_executable = True)
    return [DefaultInfo(executable = program, runfiles = ctx.runfiles([said]))]

compile_failure = rule(
    implementation = _compile_failure_impl,
    executable = True,
    attrs = {
        "src": attr.label(allow_single_file = [".cc"], mandatory = True),
        "copts": attr.string_list(),
        "deps": attr.label_list(providers = [CcInfo]),
        "_cc_toolchain": attr.label(default = Label("@bazel_tools//tools/cpp:current_cc_toolchain")),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
