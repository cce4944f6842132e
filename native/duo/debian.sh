#!/bin/sh
# Fetches packages of another Debian release than this machine's, with apt's own signature checks,
# without touching the machine's package lists and without being root.
#
#   debian.sh binary RELEASE ARCHITECTURE PACKAGE DIRECTORY   unpacks the package into DIRECTORY
#   debian.sh source RELEASE PACKAGE DIRECTORY                unpacks its upstream source there
#
# The mirror is the one that this machine's apt uses; DEBIAN_MIRROR overrides it (a release that
# has moved to Debian's archive needs that).
set -eu

fail() {
    echo "debian.sh: $*" >&2
    exit 1
}

mirror() {
    if [ -n "${DEBIAN_MIRROR:-}" ]; then
        echo "$DEBIAN_MIRROR"
        return
    fi
    apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 2>/dev/null |
        sed -n 's/^Debian //p' | grep -v security | sort -u | head -n 1
}

keyring() {
    for k in gpg pgp; do
        if [ -e /usr/share/keyrings/debian-archive-keyring.$k ]; then
            echo /usr/share/keyrings/debian-archive-keyring.$k
            return
        fi
    done
    fail "the package debian-archive-keyring is missing: install it"
}

kind=$1
release=$2
case $kind in
binary) architecture=$3 package=$4 directory=$5 ;;
source) architecture=amd64 package=$3 directory=$4 ;;
*) fail "unknown kind $kind" ;;
esac

uri=$(mirror)
[ -n "$uri" ] || fail "no Debian mirror is known: run apt-get update, or set DEBIAN_MIRROR"
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
chmod 755 "$state"
mkdir -p "$state/lists/partial" "$state/archives/partial" "$state/state" "$state/got"
: >"$state/status"
type=deb
[ "$kind" = binary ] || type=deb-src
echo "$type [signed-by=$(keyring) arch=$architecture] $uri $release main" >"$state/sources.list"

apt() {
    apt-get -q -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State="$state/state" -o Dir::State::Lists="$state/lists" \
        -o Dir::State::Status="$state/status" -o Dir::Cache="$state" \
        -o APT::Architecture="$architecture" -o APT::Architectures::="$architecture" \
        -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false "$@"
}

cd "$state/got"
if ! apt update >"$state/log" 2>&1 ||
    ! { [ "$kind" = binary ] && apt download "$package" || apt source --download-only "$package"; } \
        >>"$state/log" 2>&1; then
    cat "$state/log" >&2
    fail "$package of Debian $release could not be fetched from $uri: check the network, or set" \
        "DEBIAN_MIRROR to a mirror that holds $release"
fi

mkdir -p "$directory"
if [ "$kind" = binary ]; then
    dpkg-deb --extract ./*.deb "$directory"
else
    tar --extract --file "$(ls -- *.orig.tar.* | grep -v '\.asc$')" --directory "$directory" \
        --strip-components=1
fi
