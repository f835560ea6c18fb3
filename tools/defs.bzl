"""exercise and demo: all that a lesson's BUILD file declares.

A lesson's BUILD loads this file, calls `demo` for each example and `exercise`
for each exercise, and ends with `lesson_proofs()`. Then

    bazel test //lessons/NN_topic:slug      grades the student's answer
    bazel test //lessons/NN_topic:proofs    proves that demos and graders work

The proofs are tagged manual, so `bazel test //lessons/...` grades and does
nothing else; //tests:lessons brings them into `bazel test //tests/...`.
"""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")
load("//runtime:defs.bzl", "COPTS")
load("//tools:compile_failure.bzl", "compile_failure")
load("//tools:program_test.bzl", "program_test")

# Code that the explorer runs tells it of every memory access: the compiler's
# ThreadSanitizer calls, which the explorer answers (runtime/DESIGN.md). The
# program is not linked with ThreadSanitizer's own runtime. GCC warns that its
# ThreadSanitizer does not know fences; the explorer does. With its assertions
# libstdc++ compiles strings into the program, where their accesses are seen (it
# has them in the library otherwise), and an index out of range is an error.
EXPLORED_COPTS = [
    "-fsanitize=thread",
    "-Wno-tsan",
    "-D_GLIBCXX_ASSERTIONS",
    # Under --config=ubsan: it would end the program before the explorer could
    # say what is wrong with such a pointer.
    "-fno-sanitize=alignment,null,object-size",
]

_RUNTIME = "//runtime"
_EXPLORED_RUNTIME = "//runtime:runtime_explored"
_EXPLORED_MAIN = "//runtime/explorer:run"
_GRADER = "//runtime/explorer:grader_main"

# Bazel's configurations with a sanitizer of their own leave these targets out.
_EXPLORED = ["explored"]
_PROOF = ["manual", "proof"]

# What a student writes is not refused for a warning.
_STUDENT_COPTS = ["-Wall", "-Wextra"] + EXPLORED_COPTS

def demo(name, explored = False, compiles = True, deps = [], size = "small", tags = []):
    """Declares the demo NAME.cc: the program and the proof of its promise.

    Args:
      name: the program, and with `_test` the proof that it does what the
        comment at the end of its source says (tools/expectation.h).
      explored: the promise says what the explorer finds in it.
      compiles: False for a program that the compiler must refuse.
      deps: libraries besides the runtime.
      size: of the test.
      tags: of the test.
    """
    source = name + ".cc"
    arguments = ["$(rootpath %s)" % source, "$(rootpath :%s)" % name]
    data = [source, name]
    if compiles:
        cc_binary(
            name = name,
            srcs = [source],
            copts = COPTS,
            deps = [_RUNTIME] + deps,
        )
    else:
        compile_failure(
            name = name,
            src = source,
            copts = COPTS,
            deps = [_RUNTIME] + deps,
        )
    if explored:
        cc_binary(
            name = name + "_explored",
            srcs = [source],
            copts = COPTS + EXPLORED_COPTS,
            tags = _EXPLORED + ["manual"],
            deps = [_EXPLORED_RUNTIME, _EXPLORED_MAIN] + deps,
        )
        arguments.append("$(rootpath :%s_explored)" % name)
        data.append(name + "_explored")
    program_test(
        name = name + "_test",
        size = size,
        arguments = arguments,
        data = data,
        program = "//tools:demo_check",
        tags = _PROOF + tags + (_EXPLORED if explored else []),
    )

def exercise(name, wrong, right, starter, size = "small"):
    """Declares the exercise NAME of this lesson.

    Args:
      name: the exercise's folder under exercises/NN_topic; `NAME_test.cc` in
        the lesson is its grader. `NAME` is the graded target: the student's
        answer, or the reference with --config=solutions.
      wrong: files (without .cc) of tests/wrong_answers/NN_topic/NAME; each says
        in a line `// Diagnosis: deadlock` with which verdict it is refused.
      right: files of tests/right_answers/NN_topic/NAME; none may fail.
      starter: the verdict on the exercise as the student finds it.
      size: of the graded test.
    """
    if len(wrong) < 3 or len(right) < 1:
        fail("%s: an exercise has at least three wrong answers and one right one" % name)
    lesson = native.package_name().split("/")[-1]

    # The interface is the student's only contract, and the grader sees no more.
    interface = name + "_interface"
    cc_library(
        name = interface,
        hdrs = ["//exercises/%s:%s/exercise.h" % (lesson, name)],
        copts = COPTS + EXPLORED_COPTS,
        tags = _EXPLORED,
        deps = [_EXPLORED_RUNTIME],
    )
    grader = name + "_grader"
    cc_library(
        name = grader,
        testonly = True,
        srcs = [name + "_test.cc"],
        copts = COPTS + EXPLORED_COPTS,
        tags = _EXPLORED,
        deps = [interface, _EXPLORED_RUNTIME, _GRADER],
        alwayslink = True,
    )

    student = "//exercises/%s:%s/exercise.cc" % (lesson, name)
    reference = "//solutions/%s:%s/exercise.cc" % (lesson, name)
    _answer(name + "_answer", interface, select({
        "//:solutions": [reference],
        "//conditions:default": [student],
    }), _STUDENT_COPTS)
    cc_test(
        name = name,
        size = size,
        tags = _EXPLORED + ["exercise"],
        deps = [grader, name + "_answer"],
    )

    _proof(name, "starter", student, ["--expect=" + starter], [], size, ["starter"])
    _proof(name, "reference", reference, ["--expect=passed"], [], size, [])
    for answer in wrong:
        source = "//tests/wrong_answers/%s:%s/%s.cc" % (lesson, name, answer)
        _proof(name, "wrong_" + answer, source, ["--expect_file=$(rootpath %s)" % source], [source], size, [])
    for answer in right:
        source = "//tests/right_answers/%s:%s/%s.cc" % (lesson, name, answer)
        _proof(name, "right_" + answer, source, ["--expect=passed"], [], size, [])

def _answer(name, interface, srcs, copts, tags = []):
    cc_library(
        name = name,
        srcs = srcs,
        copts = copts,
        tags = _EXPLORED + tags,
        deps = [interface, _EXPLORED_RUNTIME],
    )

def _proof(exercise, what, source, arguments, data, size, tags):
    """The test that the grader says of `source` what `arguments` expect."""
    name = "%s_%s" % (exercise, what)
    _answer(name + "_answer", exercise + "_interface", [source], _STUDENT_COPTS, ["manual"])
    cc_test(
        name = name + "_test",
        size = size,
        args = arguments,
        data = data,
        tags = _EXPLORED + _PROOF + tags,
        deps = [exercise + "_grader", name + "_answer"],
    )

def lesson_proofs():
    """Collects the proofs that the calls above declared."""
    native.test_suite(
        name = "proofs",
        tags = ["manual"],
        tests = [
            ":" + rule["name"]
            for rule in native.existing_rules().values()
            if "proof" in rule["tags"]
        ],
        visibility = ["//tests:__pkg__"],
    )
