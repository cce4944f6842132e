#!/bin/sh
# Debian's part of the root file system, configured by Debian's own scripts under QEMU; runs in the
# workshop. Leaves /cache/rootfs.tar; made again when rootfs.lock changes.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=/cache
version=$(cat "$here/rootfs.lock" "$here/rootfs.sh" | sha256sum | cut -c 1-16)
[ "$(cat $cache/rootfs.version 2>/dev/null)" != "$version" ] || exit 0

echo "image: installing Debian's packages for riscv64 (minutes)" >&2
[ -e /proc/sys/fs/binfmt_misc/qemu-riscv64 ] || {
    echo "image: this kernel runs no programs for riscv64: install qemu-user-static" >&2
    exit 1
}
mmdebstrap --mode=root --variant=essential --architectures=riscv64 \
    --hook-dir=/usr/share/mmdebstrap/hooks/file-mirror-automount \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/lintian/*' --dpkgopt='path-exclude=/usr/share/bug/*' \
    --include="$(cut -d ' ' -f 1 "$here/rootfs.lock" | paste -s -d ,)" \
    trixie $cache/rootfs.tar "deb [trusted=yes] copy:$cache/debs-rootfs ./" >$cache/rootfs.log 2>&1 || {
    tail -n 30 $cache/rootfs.log >&2
    echo "image: the root file system could not be made; the whole log is rootfs.log in the cache" >&2
    exit 1
}
echo "$version" >$cache/rootfs.version
