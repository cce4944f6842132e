#!/bin/sh
# The workshop: Debian 13 with the compilers and tools that build and try the image, in a folder of
# the cache, so that the image is the same on Debian 12 and 13. Made from workshop.lock, once.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${IMAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/storybot/image}
version=$(sha256sum "$here/workshop.lock" | cut -c 1-16)
[ "$(cat "$cache/workshop.version" 2>/dev/null)" != "$version" ] || exit 0

python3 "$here/debs.py" fetch workshop "$cache/debs-workshop"
echo "image: preparing the workshop (once, minutes)" >&2
rm -rf "$cache/workshop"
mmdebstrap --mode=root --variant=essential --architectures=amd64 --format=directory \
    --hook-dir=/usr/share/mmdebstrap/hooks/file-mirror-automount \
    --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include="$(cut -d ' ' -f 1 "$here/workshop.lock" | paste -s -d ,)" \
    trixie "$cache/workshop" "deb [trusted=yes] copy:$cache/debs-workshop ./" \
    >"$cache/workshop.log" 2>&1 || {
    tail -n 30 "$cache/workshop.log" >&2
    echo "image: the workshop could not be made; the whole log is $cache/workshop.log" >&2
    exit 1
}
echo "$version" >"$cache/workshop.version"
