#!/bin/sh
# Fetches PocketSphinx's source through pip, and compares it with pocketsphinx.lock.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${IMAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/storybot/image}/sources
read -r file digest <"$here/pocketsphinx.lock"
mkdir -p "$cache"
if [ ! -e "$cache/$file" ]; then
    version=${file#pocketsphinx-}
    # pip builds the metadata of what it downloads, and brings what that needs.
    python3 -m pip download -q --disable-pip-version-check --no-deps --no-binary pocketsphinx \
        --dest "$cache" "pocketsphinx==${version%.tar.gz}"
fi
echo "$digest  $cache/$file" | sha256sum --check --quiet || {
    echo "image: $file is not the one of image/pocketsphinx.lock" >&2
    exit 1
}
