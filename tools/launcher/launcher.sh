#!/bin/sh
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# Sets up what is missing, builds the course program and runs it. ./course calls
# it, and says in $COURSE_ROOT where the checkout is.
#
#   ./course doctor        checks this machine, a line for each check
#   ./course doctor --fix  and installs what is missing
#   ./course --yes ...     installs what is missing without asking
#
# Everything that stops this script is told in one message, with the command
# that mends it, before anything has been changed; the exit status is then 3.
#
# $COURSE_BAZEL names the Bazel to use. $COURSE_SYSROOT is put before the path of
# every file that the checks look for: the launcher's own test uses it.

set -u
unset CDPATH

sysroot=${COURSE_SYSROOT:-}

# --- The machine that the course is made for ---------------------------------

# One line per package: its name; `command` or a shell pattern of a file that it
# installs; what it is for. A command may be any of several.
packages='
g++|command g++|the C++ compiler, for the course and your exercises
bazel-bootstrap|command bazel bazelisk|Bazel, which builds, tests and remembers
libabsl-dev|/usr/lib/*/libabsl_time.a|abseil, the C++ library under the runtime
libgmock-dev|/usr/lib/*/libgmock.a|GoogleTest, which the graders are written in
libbenchmark-dev|/usr/lib/*/libbenchmark.so|Google Benchmark, for measuring
libdw-dev|/usr/include/elfutils/libdwfl.h|elfutils, which finds source lines
nlohmann-json3-dev|/usr/include/nlohmann/json.hpp|JSON, for verdicts and reports
libprotozero-dev|/usr/include/protozero/pbf_builder.hpp|protocol buffers, for profiles
libpugixml-dev|/usr/include/pugixml.hpp|XML, for test results
zlib1g-dev|/usr/include/zlib.h|gzip, for profiles
'

oldest_gcc=12

# --- Words -------------------------------------------------------------------

# stop MESSAGE COMMAND...: the only way out when something is missing.
stop() {
  printf 'course: %s\n' "$1" >&2
  shift
  if [ $# -gt 0 ]; then
    printf 'Type:\n' >&2
    printf '    %s\n' "$@" >&2
  fi
  exit 3
}

on_terminal() { [ -t 0 ] && [ -t 2 ]; }

ticker=
stop_ticker() {
  [ -n "$ticker" ] || return 0
  # KILL: a shell that has just been forked may lose any signal it can catch.
  kill -KILL "$ticker" 2>/dev/null
  wait "$ticker" 2>/dev/null
  ticker=
  printf '\r\033[K' >&2
}
trap 'stop_ticker; exit 130' INT TERM HUP

# Runs a command in the foreground with its output in $log, showing a live line
# on a terminal as soon as it lasts longer than a second.
quietly() {
  doing=$1
  shift
  if [ -t 2 ]; then
    (
      seconds=0
      while sleep 1 && kill -0 $$ 2>/dev/null; do
        seconds=$((seconds + 1))
        printf '\r%s... %d s' "$doing" "$seconds" >&2
      done
    ) &
    ticker=$!
  fi
  "$@" >>"$log" 2>&1 </dev/null
  status=$?
  stop_ticker
  return "$status"
}

# Opens $log. Nothing is written before this.
start_log() {
  mkdir -p "$root/.course" ||
    stop "$root/.course cannot be made." "ls -ld '$root/.course'"
  log=$root/.course/launcher.log
  true >"$log" || stop "$log cannot be written." \
    "sudo chown -R $(id -un) '$root/.course'"
}

# --- Checks ------------------------------------------------------------------
#
# Each prints nothing and sets `found` (what is there) or `problem` and `mend`.

ok() { problem='' mend='' found=$1; }
bad() { found='' problem=$1 mend=$2; }

check_kernel() {
  system=$(uname -s)
  if [ "$system" = Linux ]; then
    ok "Linux $(uname -r)"
  else
    bad "the course runs on Linux, and this is $system." "$container"
  fi
}

check_cpu() {
  cpu=$(uname -m)
  case $cpu in
    x86_64 | aarch64) ok "$cpu" ;;
    *)
      bad "this processor is $cpu; the course runs on x86_64 and aarch64." \
        "docker run --platform linux/amd64 ${container#docker run }"
      ;;
  esac
}

# Prints a field of os-release, without its quotes.
os_field() {
  sed -n "s/^$1=//p" "$sysroot/etc/os-release" 2>/dev/null | tr -d "\"'"
}

# Is this a system whose packages are new enough, and that apt-get installs?
is_debian() {
  command -v apt-get >/dev/null || return 1
  release=$(os_field VERSION_ID)
  case $(os_field ID) in
    debian) [ "${release:-99}" -ge 12 ] ;;
    ubuntu) [ "${release%%.*}" -ge 24 ] ;;
    *)
      case " $(os_field ID_LIKE) " in
        *" debian "*) ;;
        *) false ;;
      esac
      ;;
  esac
}

# Is it there? $1 is the second field of a line in $packages.
present() {
  case $1 in
    command*)
      for tool in ${1#command }; do
        command -v "$tool" >/dev/null && return 0
      done
      return 1
      ;;
    *)
      # Unquoted: the pattern is to be expanded.
      for file in $sysroot$1; do
        [ -e "$file" ] && return 0
      done
      return 1
      ;;
  esac
}

# Sets `missing` to the names of the packages that are not there.
find_missing() {
  missing=
  while IFS='|' read -r name probe _; do
    [ -z "$name" ] || present "$probe" || missing="$missing $name"
  done <<END
$packages
END
  missing=${missing# }
}

check_compiler() {
  version=$(g++ -dumpfullversion 2>/dev/null) || version=0
  if [ "${version%%.*}" -ge "$oldest_gcc" ] 2>/dev/null; then
    ok "g++ $version"
  else
    bad "g++ is version $version; the course needs $oldest_gcc or later." \
      "$container"
  fi
}

check_home() {
  if [ -n "${HOME:-}" ] && [ -d "$HOME" ] && [ -w "$HOME" ]; then
    ok "$HOME"
  else
    bad "Bazel keeps what it builds under your home folder, and \
'${HOME:-}' cannot be written." "HOME=\$(mktemp -d) ./course"
  fi
}

check_checkout() {
  if [ -w "$root" ]; then
    ok "$root"
  else
    bad "the course keeps your progress in $root, which you may not write." \
      "cp -r '$root' ~/course && cd ~/course && ./course"
  fi
}

check_space() {
  free=$(df -Pk "$root" 2>/dev/null | awk 'NR == 2 { print int($4 / 1024) }')
  if [ "${free:-9999}" -ge 2048 ]; then
    ok "${free:-?} MB free"
  else
    bad "only $free MB are free here; the course needs about 2000." \
      "df -h '$root'"
  fi
}

# --- Installing --------------------------------------------------------------

# Sets `as_root` to what goes before a command that needs root's rights, or
# fails. With $1 = ask, sudo may ask for a password.
find_root() {
  as_root=
  [ "$(id -u)" -eq 0 ] && return 0
  command -v sudo >/dev/null || return 1
  if [ "$1" = ask ]; then
    sudo -v || return 1
  else
    sudo -n true 2>/dev/null || return 1
  fi
  as_root=sudo
}

# Sets `command` to what a person types to install $missing.
install_command() {
  install="apt-get install -y --no-install-recommends $missing"
  if [ "$(id -u)" -eq 0 ]; then
    command="apt-get update && $install"
  elif command -v sudo >/dev/null; then
    command="sudo apt-get update && sudo $install"
  else
    command="su -c 'apt-get update && $install'"
  fi
}

# apt_get DOING ARGUMENTS...
apt_get() {
  doing_apt=$1
  shift
  # Unquoted: empty for root.
  # shellcheck disable=SC2086
  quietly "$doing_apt" $as_root env DEBIAN_FRONTEND=noninteractive \
    LC_ALL=C.UTF-8 apt-get -q -o DPkg::Lock::Timeout=120 \
    -o Acquire::http::Timeout=30 "$@"
}

say_missing() {
  printf 'The course needs these packages of %s:\n\n' "$(os_field NAME)"
  while IFS='|' read -r name _ why; do
    case " $missing " in
      *" $name "*) printf '    %-20s %s\n' "$name" "$why" ;;
    esac
  done <<END
$packages
END
  printf '\n'
}

install_missing() {
  is_debian || stop "$(os_field PRETTY_NAME | grep . || echo 'this system') \
lacks: $missing.
The course installs them on Debian 12 and later and on systems made from it.
Elsewhere it runs in a container." "$container"

  install_command
  asking=no
  if on_terminal; then
    asking=ask
  fi
  say_missing >&2
  if [ "$asking" = ask ] && [ "$yes" = no ]; then
    printf 'Install them now with apt-get? [Y/n] ' >&2
    read -r answer || answer=n
    case $answer in
      '' | [Yy]*) ;;
      *) stop 'nothing was installed.' "$command" ;;
    esac
  fi
  find_root "$asking" ||
    stop 'installing needs the rights of root, which you do not have here.' \
      "$command"

  start_log

  # Everything is fetched before anything is installed, so that a network that
  # fails half way leaves the machine as it was. An update may fail for the
  # sake of some other source of packages: what counts is the fetching.
  printf 'Installing them; what apt-get says goes to %s\n' "$log" >&2
  apt_get 'Looking for packages' update
  # Unquoted: a list of names.
  # shellcheck disable=SC2086
  apt_get 'Fetching packages' install -y --no-install-recommends \
    --download-only $missing || {
    stop "the packages could not be fetched, and nothing was installed.
apt-get says: $(sed -n 's/^E: //p' "$log" | head -n 1)
Is there a network?" "$command"
  }
  # shellcheck disable=SC2086
  apt_get 'Installing packages' install -y --no-install-recommends $missing || {
    stop "apt-get failed; all that it said is in $log.
Its last word: $(tail -n 1 "$log")" "$command"
  }
  find_missing
  [ -z "$missing" ] ||
    stop "still missing after installing: $missing." "$command"
}

# --- Bazel -------------------------------------------------------------------

# Sets COURSE_BAZEL, and writes .course/bazelrc, which .bazelrc reads: Bazel 7
# and later must be told to take the system's packages.
find_bazel() {
  if [ -z "${COURSE_BAZEL:-}" ]; then
    COURSE_BAZEL=$(command -v bazel || command -v bazelisk)
  fi
  export COURSE_BAZEL
  version=$("$COURSE_BAZEL" --version 2>>"$log") ||
    stop "$COURSE_BAZEL does not run; what it said is in $log." \
      "$COURSE_BAZEL --version"
  version=${version#bazel }
  rc='# Written by the course launcher for this Bazel.'
  case $version in
    [789].* | [1-9][0-9].*)
      for verb in build query fetch; do
        rc="$rc
$verb --config=system"
      done
      ;;
  esac
  if [ "$rc" != "$(cat .course/bazelrc 2>/dev/null)" ]; then
    printf '%s\n' "$rc" >.course/bazelrc
  fi
}

# Is the built program as new as everything that it is made from?
up_to_date() {
  [ -x .course/bin/course ] &&
    [ -z "$(find course tools third_party BUILD WORKSPACE .bazelrc \
      .course/bazelrc -newer .course/bin/course -print 2>&1 | head -n 1)" ]
}

build_program() {
  quietly 'Building the course program' \
    "$COURSE_BAZEL" build --color=no --curses=no //:course
  status=$?
  case $status in
    0) ;;
    8 | 130) exit 130 ;;
    *)
      grep -E 'ERROR|error:|FAILED' "$log" | head -n 20 >&2
      stop "the course program does not build; all of it is in $log." \
        "$COURSE_BAZEL build //:course"
      ;;
  esac
  # A copy: bazel-bin points elsewhere after a build in another configuration.
  mkdir -p .course/bin
  if ! cp -f bazel-bin/tools/course/course .course/bin/course.new ||
    ! mv -f .course/bin/course.new .course/bin/course; then
    stop 'the course program could not be copied to .course/bin.' \
      "df -h '$root'"
  fi
}

# --- doctor ------------------------------------------------------------------

# report NAME: prints the line of the check that was just made.
report() {
  if [ -z "$problem" ]; then
    printf 'ok    %-18s %s\n' "$1" "$found"
    return
  fi
  failures=$((failures + 1))
  printf 'FAIL  %-18s %s\n' "$1" "$problem"
  [ -z "$mend" ] || printf '      type: %s\n' "$mend"
}

# Prints a line for each check, and fails if one of them does.
doctor() {
  failures=0
  for check in kernel cpu; do
    "check_$check"
    report "$check"
  done
  if is_debian; then
    ok "$(os_field PRETTY_NAME)"
    report system
  else
    printf 'warn  %-18s %s\n' system "$(os_field PRETTY_NAME |
      grep . || echo unknown): install what is missing yourself"
  fi
  while IFS='|' read -r name probe why; do
    [ -n "$name" ] || continue
    if present "$probe"; then
      ok "$why"
    else
      bad "is missing: $why" ''
    fi
    report "$name"
  done <<END
$packages
END
  find_missing
  if [ -n "$missing" ]; then
    install_command
    is_debian || command=$container
    printf '      type: %s\n' "$command"
  fi
  if command -v g++ >/dev/null; then
    check_compiler
    report compiler
  fi
  for check in home checkout space; do
    "check_$check"
    report "$check"
  done
  [ "$failures" -eq 0 ]
}

# --- The run -----------------------------------------------------------------

root=$COURSE_ROOT
container="docker run --rm -it -v '$root':/course -w /course debian:12 ./course"

yes=no
if [ "${1:-}" = --yes ]; then
  yes=yes
  shift
fi

# Whoever asks for help does not ask for an installation.
case ${1:-} in
  help | --help | -h)
    if [ ! -x "$root/.course/bin/course" ]; then
      printf '%s\n' \
        'course            sets itself up, and takes you to the first exercise' \
        'course doctor     checks this machine, a line for each check' \
        'course test       runs the tests of the course itself' \
        'The program that knows the other commands is not built yet.' \
        "Next: ${COURSE_COMMAND:-./course}"
      exit 0
    fi
    ;;
esac

if [ "${1:-}" = doctor ]; then
  fix=no
  json=no
  for word; do
    case $word in
      --fix) fix=yes ;;
      --json) json=yes ;;
    esac
  done
  # What is found belongs to stdout, unless a program is to read that.
  [ "$json" = no ] || exec 3>&1 >&2
  if ! doctor && [ "$fix" = no ]; then
    printf 'Next: %s doctor --fix\n' "${COURSE_COMMAND:-./course}"
    exit 3
  fi
  [ "$json" = no ] || exec >&3 3>&-
fi

for check in kernel cpu checkout home; do
  "check_$check"
  [ -z "$problem" ] || stop "$problem" "$mend"
done
find_missing
[ -z "$missing" ] || install_missing
check_compiler
[ -z "$problem" ] || stop "$problem" "$mend"

[ -n "${log:-}" ] || start_log

started_in=$PWD
cd "$root" || exit 3
find_bazel
up_to_date || build_program
cd "$started_in" || exit 3
exec "$root/.course/bin/course" "$@"
