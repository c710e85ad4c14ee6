#!/bin/sh
# Installs what building and testing wsproto takes, on Debian and Ubuntu. Run with --help.
set -eu

# One entry per need; alternatives, the preferred one first, are separated by |.
needs="g++ cmake ninja-build pkg-config|pkgconf zlib1g-dev libllhttp-dev|node-llhttp catch2"
ci_needs="git clang clang-format clang-tidy libclang-rt-dev|libclang-rt-14-dev llvm valgrind
          python3 python3-wsproto python3-websockets nodejs node-ws
          g++-aarch64-linux-gnu qemu-user|qemu-user-static"
bench_needs="python3 libboost1.81-dev|libboost-dev libwebsocketpp-dev libwslay-dev"

usage() {
    cat <<END
Usage: sh cmake/install-deps.sh [--ci | --bench]

Installs the packages for 'cmake --workflow --preset demo' and '--preset test':
    $needs
  --ci    also what .ci/run takes: Clang, its tools, the peers of the interop tests, and
          an emulated processor
  --bench also the libraries that '--preset bench' compares with; --ci has them too
  --help  this text
Does nothing where they are installed. Uses sudo unless run by root.
END
}

say() {
    printf 'install-deps: %s\n' "$*"
}

die() {
    say "$*" >&2
    exit 1
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

is_known() {
    apt-cache show --no-all-versions "$1" >/dev/null 2>&1
}

# Prints every need of which no alternative is installed.
missing_needs() {
    for need in $needs; do
        found=no
        for package in $(echo "$need" | tr '|' ' '); do
            if is_installed "$package"; then found=yes; fi
        done
        [ "$found" = yes ] || echo "$need"
    done
}

# Prints the first alternative that this release of the system has, else the last one.
choose() {
    for package in $(echo "$1" | tr '|' ' '); do
        if is_known "$package"; then break; fi
    done
    echo "$package"
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "needs root or sudo for: $*"
    fi
}

install_missing() {
    missing=$(missing_needs)
    if [ -z "$missing" ]; then
        say "everything is installed"
        return
    fi
    say "missing:" $missing
    as_root apt-get update -qq
    packages=$(for need in $missing; do choose "$need"; done)
    say "installing:" $packages
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends $packages
}

# The workflow presets are read by CMake 3.25 and later.
check_cmake() {
    version=$(cmake --version | sed -n 's/^cmake version //p')
    oldest=$(printf '%s\n3.25\n' "$version" | sort -V | head -n 1)
    [ "$oldest" = 3.25 ] || die "CMake $version is too old for the presets: 3.25 is needed"
}

case "${1-}" in
    "") ;;
    --ci) needs="$needs $ci_needs $bench_needs" ;;
    --bench) needs="$needs $bench_needs" ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    die "knows Debian and Ubuntu only. Install these, by the names they have here:" $needs
fi
install_missing
check_cmake
