# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT

"""choice_flag: a flag on the command line with a closed list of values."""

def _choice_flag_impl(ctx):
    value = ctx.build_setting_value
    if value not in ctx.attr.values:
        fail("--%s=%s: the values are %s" % (
            ctx.label,
            value,
            ", ".join(ctx.attr.values),
        ))

choice_flag = rule(
    implementation = _choice_flag_impl,
    build_setting = config.string(flag = True),
    attrs = {"values": attr.string_list(mandatory = True)},
)
