"""program_test: a test that runs one program with arguments."""

def _program_test_impl(ctx):
    program = ctx.executable.program
    arguments = [
        "'%s'" % ctx.expand_location(a, ctx.attr.data).replace("'", "'\\''")
        for a in ctx.attr.arguments
    ]
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        script,
        "#!/bin/sh\nexec ./%s %s \"$@\"\n" % (program.short_path, " ".join(arguments)),
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = [program] + ctx.files.data)
    for target in [ctx.attr.program] + ctx.attr.data:
        runfiles = runfiles.merge(target[DefaultInfo].default_runfiles)
    return [DefaultInfo(executable = script, runfiles = runfiles)]

program_test = rule(
    implementation = _program_test_impl,
    doc = "Passes when the program exits with status 0. `$(rootpath LABEL)` in " +
          "an argument is the path of a file or program among `data`.",
    test = True,
    attrs = {
        "program": attr.label(executable = True, cfg = "target", mandatory = True),
        "arguments": attr.string_list(),
        "data": attr.label_list(allow_files = True),
    },
)
