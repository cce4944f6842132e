#!/bin/sh
# Prepares one of the tools that the Duo's build and tests need, once, and prints its path. Tools
# are kept in STORYBOT_DUO_TOOLS (default ~/.cache/storybot/duo), outside of the build tree.
#
#   tools.sh compiler   gcc for riscv64 that links statically with musl
#   tools.sh emulator   QEMU 5.2, the only one that runs RVV 0.7.1 as the C906 does
#   tools.sh emulator1  a QEMU with RVV 1.0
#   tools.sh counter    QEMU 5.2 built with plugins
#   tools.sh plugin     the counting plugin for it
set -eu

here=$(cd "$(dirname "$0")" && pwd)
tools=${STORYBOT_DUO_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/storybot/duo}
jobs=${DUO_JOBS:-2}
mkdir -p "$tools"

say() {
    echo "duo: $*" >&2
}

# Installs Debian packages of this machine that are missing.
need() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    say "installing$missing"
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    # shellcheck disable=SC2086
    {
        $as_root apt-get -o DPkg::Lock::Timeout=600 -q update
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -q -y \
            --no-install-recommends install $missing
    } >"$tools/apt.log" 2>&1 || {
        cat "$tools/apt.log" >&2
        exit 1
    }
}

# Runs a step, its output into a log that is shown only when it fails.
logged() {
    log=$tools/$1.log
    shift
    "$@" >"$log" 2>&1 || {
        tail -n 30 "$log" >&2
        say "failed; the whole log is in $log"
        exit 1
    }
}

scratch() {
    rm -rf "$tools/scratch"
    mkdir -p "$tools/scratch"
}

compiler() {
    need gcc-riscv64-linux-gnu make cmake
    if [ ! -x "$tools/musl/bin/musl-gcc" ]; then
        say "building musl for riscv64"
        scratch
        "$here/debian.sh" source bookworm musl "$tools/scratch/source"
        cd "$tools/scratch/source"
        CROSS_COMPILE=riscv64-linux-gnu- CFLAGS="-O2 -march=rv64gc -mabi=lp64d" \
            logged musl-configure ./configure --target=riscv64 --disable-shared --enable-wrapper=gcc \
            --prefix="$tools/musl"
        logged musl-make make -j "$jobs"
        logged musl-install make install
        rm -rf "$tools/scratch"
    fi
    echo "$tools/musl/bin/musl-gcc"
}

emulator() {
    if [ ! -x "$tools/qemu-5.2/usr/bin/qemu-riscv64-static" ]; then
        say "fetching QEMU 5.2"
        "$here/debian.sh" binary bullseye "$(dpkg --print-architecture)" qemu-user-static "$tools/qemu-5.2"
        find "$tools/qemu-5.2" -type f ! -name qemu-riscv64-static -delete
    fi
    echo "$tools/qemu-5.2/usr/bin/qemu-riscv64-static"
}

emulator1() {
    if [ ! -x "$tools/qemu-7.2/usr/bin/qemu-riscv64-static" ]; then
        say "fetching QEMU 7.2"
        "$here/debian.sh" binary bookworm "$(dpkg --print-architecture)" qemu-user-static "$tools/qemu-7.2"
        find "$tools/qemu-7.2" -type f ! -name qemu-riscv64-static -delete
    fi
    echo "$tools/qemu-7.2/usr/bin/qemu-riscv64-static"
}

counter() {
    need gcc libc6-dev make meson ninja-build pkg-config libglib2.0-dev python3 xz-utils
    if [ ! -x "$tools/counter/qemu-riscv64" ]; then
        say "building QEMU 5.2 with plugins, some minutes"
        scratch
        rm -rf "$tools/counter"
        mkdir -p "$tools/counter/headers" "$tools/scratch/build"
        "$here/debian.sh" source bullseye qemu "$tools/scratch/source"
        # Debian's source has no firmware images; user mode needs none.
        : >"$tools/scratch/source/pc-bios/meson.build"
        cd "$tools/scratch/build"
        logged qemu-configure ../source/configure --target-list=riscv64-linux-user \
            --enable-plugins --disable-system --disable-tools --disable-docs --disable-werror
        logged qemu-build nice -n 10 ninja -j "$jobs" qemu-riscv64
        cp ../source/include/qemu/qemu-plugin.h "$tools/counter/headers/"
        cp qemu-riscv64 "$tools/counter/"
        rm -rf "$tools/scratch"
    fi
    echo "$tools/counter/qemu-riscv64"
}

plugin() {
    counter >/dev/null
    library=$tools/counter/libcount.so
    if [ ! -e "$library" ] ||
        [ -n "$(find "$here" -name 'count*.[ch]' -newer "$library")" ]; then
        # shellcheck disable=SC2046
        gcc -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -I "$tools/counter/headers" \
            $(pkg-config --cflags glib-2.0) "$here/count.c" "$here/count_decode.c" -o "$library"
    fi
    echo "$library"
}

case ${1:-} in
compiler | emulator | emulator1 | counter | plugin) "$1" ;;
*)
    say "unknown tool '${1:-}': compiler, emulator, emulator1, counter or plugin"
    exit 2
    ;;
esac
