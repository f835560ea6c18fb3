#!/usr/bin/env bash
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# The launcher on machines that it has to refuse, and on one that it may set up.
# Every machine is a folder: an /etc and /usr of its own for the files that the
# launcher looks for, and a folder of commands that is all of its PATH. apt-get,
# sudo, g++ and Bazel are fakes that note how they were called.

set -uo pipefail

launcher=$PWD/$1
failures=0
case_name=

fail() {
  echo "FAIL  $case_name: $*"
  echo '  stdout:' && sed 's/^/    | /' "$work/out"
  echo '  stderr:' && sed 's/^/    | /' "$work/err"
  failures=$((failures + 1))
}

# fake NAME <<END: makes a command of the machine.
fake() {
  rm -f "$bin/$1"
  {
    cat <<END
#!/bin/sh
printf '%s\n' "$1 \$*" >>'$work/calls'
END
    cat
  } >"$bin/$1"
  chmod +x "$bin/$1"
}

# A new machine: a bare Debian 12 on which we are root, and a checkout.
machine() {
  case_name=$1
  work=$(mktemp -d "$TEST_TMPDIR/machine.XXXXXX")
  bin=$work/bin
  sysroot=$work/sysroot
  checkout=$work/checkout
  mkdir -p "$bin" "$sysroot/etc" "$work/home" "$checkout/tools/course" \
    "$checkout/third_party"
  touch "$checkout"/{course,BUILD,WORKSPACE,.bazelrc} "$work/calls"
  cat >"$sysroot/etc/os-release" <<'END'
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
ID=debian
END
  local tool
  for tool in awk cat chmod cp dirname env find grep head ls mkdir mv rm sed sh \
    sleep tail touch tr; do
    ln -s "$(command -v "$tool")" "$bin/$tool"
  done
  fake uname <<'END'
case $1 in -s) echo Linux ;; -m) echo x86_64 ;; *) echo 6.1.0 ;; esac
END
  fake id <<'END'
case $1 in -u) echo 0 ;; *) echo root ;; esac
END
  fake df <<'END'
echo 'Filesystem 1024-blocks Used Available Capacity Mounted'
echo 'disk 99999999 0 99999999 0% /'
END
  # Installing makes the files and the commands that the launcher looks for.
  fake apt-get <<END
case " \$* " in
  *" --download-only "* | *" update "*) exit 0 ;;
esac
'$bin/install-everything'
END
  fake install-everything <<END
mkdir -p $sysroot/usr/lib/x86_64-linux-gnu $sysroot/usr/include/elfutils \
  $sysroot/usr/include/nlohmann $sysroot/usr/include/protozero
cd $sysroot/usr/lib/x86_64-linux-gnu
touch libabsl_time.a libgmock.a libbenchmark.so
cd $sysroot/usr/include
touch elfutils/libdwfl.h nlohmann/json.hpp protozero/pbf_builder.hpp \
  pugixml.hpp zlib.h
mv $work/gpp $bin/g++
mv $work/bazel $bin/bazel
END
  fake g++ <<'END'
echo 12.2.0
END
  mv "$bin/g++" "$work/gpp"
  fake bazel <<END
case \$1 in
  --version) echo bazel no_version ;;
  build)
    mkdir -p bazel-bin/tools/course
    cp '$work/program' bazel-bin/tools/course/course
    ;;
esac
END
  mv "$bin/bazel" "$work/bazel"
  cat >"$work/program" <<'END'
#!/bin/sh
echo "program root=$COURSE_ROOT bazel=$COURSE_BAZEL in=$PWD: $*"
exit 7
END
  chmod +x "$work/program"
}

# The same with everything installed.
ready_machine() {
  machine "$1"
  PATH=$bin "$bin/install-everything"
  : >"$work/calls"
}

# course ARGUMENTS...: runs the launcher there, without a terminal.
course() {
  status=0
  (cd "$checkout" && env -i PATH="$bin" HOME="${home-$work/home}" \
    COURSE_ROOT="$checkout" COURSE_SYSROOT="$sysroot" \
    /bin/sh "$launcher" "$@") \
    >"$work/out" 2>"$work/err" </dev/null || status=$?
}

status_is() { [[ $status == "$1" ]] || fail "status $status, not $1"; }
says() { grep -qF -- "$2" "$work/$1" || fail "$1 lacks: $2"; }
called() { grep -q -- "$1" "$work/calls" || fail "never called: $1"; }
never_called() { ! grep -q -- "$1" "$work/calls" || fail "called: $1"; }

# One message: what is wrong, `Type:` and a command. And nothing was done.
refused() {
  status_is 3
  [[ ! -s $work/out ]] || fail 'wrote to stdout'
  [[ $(grep -c '^course: ' "$work/err") == 1 ]] || fail 'not one message'
  [[ $(grep -c -A1 '^Type:$' "$work/err") == 1 ]] || fail 'no command to type'
  never_called 'bazel build'
  grep 'apt-get' "$work/calls" | grep install | grep -qv -e --download-only &&
    fail 'installed something'
}

untouched() { [[ ! -e $checkout/.course ]] || fail 'wrote to the checkout'; }

# --- Refusals ----------------------------------------------------------------

machine 'another kernel'
fake uname <<'END'
echo Darwin
END
course
refused
untouched
says err 'this is Darwin'
says err 'docker run'

machine 'another processor'
fake uname <<'END'
case $1 in -s) echo Linux ;; -m) echo riscv64 ;; *) echo 6.1.0 ;; esac
END
course
refused
untouched
says err 'this processor is riscv64'
says err 'docker run --platform linux/amd64 --rm'

machine 'another distribution'
cat >"$sysroot/etc/os-release" <<'END'
PRETTY_NAME="Fedora Linux 42"
ID=fedora
VERSION_ID=42
END
course
refused
untouched
says err 'Fedora Linux 42 lacks: g++ bazel-bootstrap libabsl-dev'
says err "docker run --rm -it -v '$checkout':/course"

machine 'no os-release'
rm "$sysroot/etc/os-release"
course
refused
untouched
says err 'this system lacks'

machine 'a Debian that is too old'
sed -i 's/"12"/"11"/' "$sysroot/etc/os-release"
course
refused
untouched

machine 'no apt-get'
rm "$bin/apt-get"
course
refused
untouched

machine 'no rights and no sudo'
fake id <<'END'
case $1 in -u) echo 1000 ;; *) echo student ;; esac
END
course
refused
untouched
says err 'the rights of root'
says err "su -c 'apt-get update && apt-get install -y"
never_called '^apt-get'

machine 'a sudo that asks for a password'
fake id <<'END'
case $1 in -u) echo 1000 ;; *) echo student ;; esac
END
fake sudo <<'END'
exit 1
END
course
refused
untouched
says err 'sudo apt-get update && sudo apt-get install -y'
called '^sudo -n true'
never_called '^apt-get'

machine 'no network'
fake apt-get <<'END'
case " $* " in
  *" update "*) echo "W: could not resolve" ;;
  *) echo "E: Failed to fetch g++: no route" && exit 100 ;;
esac
END
course
refused
says err 'nothing was installed'
says err 'Failed to fetch g++: no route'

machine 'an installation that fails'
fake apt-get <<'END'
case " $* " in
  *" --download-only "* | *" update "*) exit 0 ;;
esac
echo "dpkg: error: disk full"
exit 100
END
course
status_is 3
says err 'disk full'
says err 'apt-get install -y'
never_called '^bazel'

ready_machine 'a compiler that is too old'
fake g++ <<'END'
echo 9.4.0
END
course
refused
untouched
says err 'g++ is version 9.4.0'

ready_machine 'a home that cannot be written'
home=/nonexistent course
refused
untouched
says err '/nonexistent'

ready_machine 'a Bazel that does not run'
fake bazel <<'END'
echo 'could not download' >&2
exit 1
END
course
refused
says err 'does not run'

ready_machine 'a program that does not build'
fake bazel <<'END'
[ "$1" = --version ] && exit 0
echo 'tools/course/main.cc:3:1: error: expected a declaration' >&2
exit 1
END
course
status_is 3
says err 'main.cc:3:1: error: expected a declaration'
says err 'bazel build //:course'

# --- Setting up --------------------------------------------------------------

machine 'a bare Debian'
course grade mutexes 'two words'
status_is 7
says err 'the C++ compiler, for the course and your exercises'
says out "program root=$checkout bazel=$bin/bazel in=$checkout: grade mutexes two words"
called '^apt-get .*install -y --no-install-recommends g++ bazel-bootstrap'
: >"$work/calls"
case_name='a second run'
course list
status_is 7
[[ ! -s $work/err ]] || fail 'had something to say'
never_called 'bazel build'
never_called '^apt-get'
case_name='a run after a change of the program'
touch -d '+1 minute' "$checkout/tools/course/main.cc"
course list
status_is 7
called 'bazel build'

machine 'a student who may use sudo'
fake id <<'END'
case $1 in -u) echo 1000 ;; *) echo student ;; esac
END
fake sudo <<'END'
[ "$1" != -n ] || exit 0
exec "$@"
END
course list
status_is 7
called '^sudo env .*apt-get .*install -y'

ready_machine 'only Bazelisk is there'
mv "$bin/bazel" "$bin/bazelisk"
course list
status_is 7
says out "bazel=$bin/bazelisk"
never_called '^apt-get'

ready_machine 'Bazel 4 takes the system packages by itself'
course list
if grep -q system "$checkout/.course/bazelrc"; then fail 'told Bazel 4'; fi

ready_machine 'Bazel 7 is told to take the system packages'
sed -i 's/no_version/7.7.1/' "$bin/bazel"
course list
status_is 7
grep -q '^build --config=system$' "$checkout/.course/bazelrc" ||
  fail 'did not tell Bazel 7'

# --- On a terminal -----------------------------------------------------------

# A machine may lack pseudo-terminals, as a bare chroot does.
if script -qec true /dev/null >/dev/null 2>&1; then
  # on_terminal ANSWER: the launcher on a terminal, which is answered so.
  on_terminal() {
    status=0
    printf '%s\n' "$1" | env -i PATH="$bin" HOME="$work/home" \
      COURSE_ROOT="$checkout" COURSE_SYSROOT="$sysroot" \
      "$(command -v script)" -qec "/bin/sh '$launcher' list" /dev/null \
      >"$work/out" 2>"$work/err" || status=$?
  }

  machine 'a terminal, and no'
  on_terminal n
  status_is 3
  says out 'Install them now with apt-get? [Y/n]'
  says out 'nothing was installed'
  says out 'apt-get update && apt-get install -y'
  never_called '^apt-get'
  untouched

  machine 'a terminal, and yes'
  on_terminal ''
  status_is 7
  called '^apt-get .*install -y'
fi

# --- doctor ------------------------------------------------------------------

machine 'doctor on a bare machine'
course doctor
status_is 3
says out 'ok    cpu                x86_64'
says out 'ok    system             Debian GNU/Linux 12 (bookworm)'
says out 'FAIL  g++                is missing'
says out 'FAIL  libpugixml-dev     is missing'
says out 'type: apt-get update && apt-get install -y --no-install-recommends g++'
says out 'Next: ./course doctor --fix'
never_called '^apt-get'
untouched
case_name='doctor --fix'
course doctor --fix
status_is 7
called '^apt-get .*install -y'
says out 'program '

machine 'help on a bare machine'
course help
status_is 0
says out 'course doctor'
never_called '^apt-get'
untouched

ready_machine 'doctor for a program'
course doctor --json
status_is 7
says err 'ok    cpu'
[[ $(wc -l <"$work/out") == 1 ]] || fail 'more than the program on stdout'

ready_machine 'doctor on a ready machine'
course doctor
status_is 7
says out 'ok    g++'
says out 'ok    compiler           g++ 12.2.0'
says out ': doctor'
if grep -q FAIL "$work/out"; then fail 'found something'; fi

ready_machine 'doctor on a full disk'
fake df <<'END'
echo 'Filesystem 1024-blocks Used Available Capacity Mounted'
echo 'disk 99999999 0 1024 99% /'
END
course doctor
status_is 3
says out 'FAIL  space              only 1 MB are free'

if ((failures > 0)); then
  echo "$failures failures"
  exit 1
fi
echo 'all cases passed'
