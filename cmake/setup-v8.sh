#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Gets V8 as Debian packages it (libnode) and prints nothing when it is there already.
#   1. libnode-dev is installed, or V8_ROOT names a V8: nothing to do.
#   2. apt can install libnode-dev: it does.
#   3. apt cannot, because another vendor's Node.js stands in the way: both packages are downloaded
#      and unpacked into the prefix; only the shared libraries they need are installed.
#
# usage: cmake/setup-v8.sh [prefix]      (default: .deps/v8 in the checkout, where FindV8 looks)
#   SUBLET_V8_MODE=system|unpack forces 2 or 3.
set -euo pipefail

readonly prefix=${1:-$(cd "$(dirname "$0")/.." && pwd)/.deps/v8}
readonly mode=${SUBLET_V8_MODE:-auto}
export DEBIAN_FRONTEND=noninteractive

say() { printf 'setup-v8: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }
install_packages() { as_root apt-get install -q -y --no-install-recommends "$@" > /dev/null 2>&1; }

# The runtime that libnode-dev depends on, for example libnode108.
runtime_package() {
  apt-cache depends --important libnode-dev | sed -n 's/^ *Depends: \(libnode[0-9]*\)$/\1/p' | head -1
}

# The runtime's dependencies but for Node's own JavaScript, which V8 does not use.
library_packages() {
  apt-cache depends --important "$1" | sed -n 's/^ *Depends: //p' | grep -Ev '^(<|node-|nodejs)' | sort -u
}

unpack() {
  local runtime=$1 version=$2 work
  work=$(mktemp -d)
  # Runs at exit, when the local is gone.
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" EXIT
  chmod 755 "$work"
  (cd "$work" && apt-get download -q -o APT::Sandbox::User=root "$runtime=$version" "libnode-dev=$version" > /dev/null)
  rm -rf "$prefix"
  mkdir -p "$prefix"
  local package
  for package in "$work"/*.deb; do dpkg-deb -x "$package" "$prefix"; done
}

check_libraries() {
  local library missing
  library=$(find "$prefix/usr/lib" -name 'libnode.so.*' -type f | head -1)
  [ -n "$library" ] || fail "no libnode in the downloaded packages"
  missing=$(ldd "$library" | grep 'not found' || true)
  [ -z "$missing" ] || fail "libnode needs libraries that are not installed: $missing"
}

main() {
  [ -z "${V8_ROOT:-}" ] || return 0
  if [ "$mode" != unpack ] && installed libnode-dev; then return 0; fi
  if [ "$mode" = auto ] && [ -f "$prefix/.stamp" ]; then return 0; fi

  apt-cache show libnode-dev > /dev/null 2>&1 || as_root apt-get update -q > /dev/null
  if [ "$mode" != unpack ] &&
    apt-get install -s --no-install-recommends libnode-dev > /dev/null 2>&1; then
    say "installing libnode-dev"
    install_packages libnode-dev
    return 0
  fi
  [ "$mode" != system ] || fail "apt cannot install libnode-dev"

  local runtime version package missing=()
  runtime=$(runtime_package)
  [ -n "$runtime" ] || fail "this system has no libnode package: set V8_ROOT to a V8 of your own"
  version=$(apt-cache policy "$runtime" | sed -n 's/^ *Candidate: //p')
  for package in $(library_packages "$runtime"); do
    installed "$package" || missing+=("$package")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    install_packages "${missing[@]}"
  fi
  say "unpacking $runtime $version into $prefix"
  unpack "$runtime" "$version"
  check_libraries
  printf '%s %s\n' "$runtime" "$version" > "$prefix/.stamp"
}

main
