#!/usr/bin/env bash
# Copyright 2026 The Concurrency in C++ Authors
# SPDX-License-Identifier: MIT
#
# Prints the path of a Go command: $GO, `go` on the PATH, or Debian's package of
# its newest release, unpacked into a cache folder and nowhere else.
#
# An older `go` on the PATH than the release that the targets were set against
# is used only if Debian's cannot be had.

set -euo pipefail

readonly wanted=1.27
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/concurrency-bench

say() { echo "find_go: $*" >&2; }

# Is version $1 at least $2?
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# "go version go1.27.3 linux/amd64" -> 1.27.3
version_of() { "$1" version | sed -E 's/^go version go([0-9.]+).*/\1/'; }

# apt-get and apt-cache over lists and a cache of their own: nothing of the
# system changes, and no package is installed.
private_apt() {
  local tool=$1
  shift
  "$tool" -qq -o Dir::Etc::SourceList="$cache/apt/sources.list" \
    -o Dir::Etc::SourceParts=/dev/null -o Dir::State="$cache/apt/state" \
    -o Dir::State::status=/dev/null -o Dir::Cache="$cache/apt/cache" \
    -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
}

# The mirror that this machine uses for Debian itself.
mirror() {
  # shellcheck disable=SC2016
  apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' \
    'Created-By: Packages' |
    awk '$1 == "Debian" && $2 !~ /security/ { print $3; exit }'
}

# Unpacks the newest golang-1.N of suite $1.
unpack_from() {
  local suite=$1 uri package
  uri=$(mirror)
  [[ -n $uri ]] || return 1
  rm -rf "$cache/apt"
  mkdir -p "$cache"/apt/{state/lists/partial,cache/archives/partial}
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
    "$uri $suite main" >"$cache/apt/sources.list"
  private_apt apt-get update >&2 || return 1
  package=$(private_apt apt-cache pkgnames golang-1. |
    grep -E '^golang-1\.[0-9]+-go$' | sort -V | tail -n 1)
  [[ -n $package ]] || return 1
  say "unpacking $package of Debian $suite into $cache"
  rm -rf "$cache/root"
  (cd "$cache/apt" &&
    private_apt apt-get download "$package" "${package%-go}-src" >&2 &&
    for file in *.deb; do dpkg-deb -x "$file" "$cache/root"; done) || return 1
  rm -rf "$cache/apt"
}

unpacked() {
  local candidate
  for candidate in "$cache"/root/usr/lib/go-*/bin/go; do
    [[ -x $candidate ]] && echo "$candidate" && return
  done
  return 1
}

if [[ -n ${GO:-} ]]; then
  echo "$GO"
  exit
fi
on_path=$(command -v go || true)
if [[ -n $on_path ]] && at_least "$(version_of "$on_path")" "$wanted"; then
  echo "$on_path"
  exit
fi
if ! unpacked >/dev/null && command -v apt-get >/dev/null; then
  for suite in sid forky trixie-backports; do
    unpack_from "$suite" && break
  done
fi
if unpacked; then exit; fi
if [[ -n $on_path ]]; then
  say "taking $on_path, which is older than Go $wanted"
  echo "$on_path"
  exit
fi
say "no Go here, and no Debian package of it: install Go $wanted or later," \
  "or set GO to the path of its go command"
exit 1
