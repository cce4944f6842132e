#!/bin/sh
# Runs a command in the workshop (workshop.sh), in namespaces of its own: nothing is mounted or
# registered outside. There the checkout is /storybot (read-only), the cache is /cache.
#
#   in_workshop.sh COMMAND...
#
# Programs for riscv64 run there through QEMU: registered in the namespace where the kernel allows
# it (Linux 6.7), else the machine must have them registered (Debian's package qemu-user-static does).
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=${IMAGE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/storybot/image}
root=$cache/workshop

if [ "${1:-}" != --inside ]; then
    [ "$(id -u)" = 0 ] || {
        echo "image: building the image needs root (namespaces, file owners): use sudo" >&2
        exit 1
    }
    # As root of a new user namespace with all ordinary user ids; its map is written from outside.
    start=$(mktemp -u)
    mkfifo "$start"
    exec 3<&0 # a shell gives a command in the background /dev/null, whatever its own input is
    unshare --user --mount --pid --fork --kill-child sh -c \
        'read -r line <"$1"; shift; exec "$@"' sh "$start" "$here/in_workshop.sh" --inside "$@" \
        <&3 3<&- &
    exec 3<&-
    child=$!
    # unshare itself lets neither signal pass; its only child is the first process in there.
    trap 'pkill -KILL -P "$child"' INT TERM
    outside=$(readlink /proc/self/ns/user)
    while [ "$(readlink "/proc/$child/ns/user")" = "$outside" ]; do sleep 0.05; done
    echo "0 0 65536" >"/proc/$child/uid_map"
    echo "0 0 65536" >"/proc/$child/gid_map"
    echo go >"$start"
    rm -f "$start"
    status=0
    wait "$child" || status=$?
    exit "$status"
fi
shift

mount --make-rprivate /
mkdir -p "$root/storybot" "$root/cache"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount --bind "$cache" "$root/cache"
mount --bind "$here/.." "$root/storybot"
mount -o remount,bind,ro "$root/storybot"
if [ ! -e /proc/sys/fs/binfmt_misc/qemu-riscv64 ] && [ -e "$root/usr/bin/qemu-riscv64-static" ]; then
    formats=$root/proc/sys/fs/binfmt_misc
    if mount -t binfmt_misc none "$formats" 2>/dev/null; then
        # An ELF header of 64 bits, little endian, machine 243; F: QEMU is opened now, for every root.
        printf '%s%s' ':qemu-riscv64:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xf3\x00' \
            ':\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff' \
            >/tmp/.format.$$
        printf '%s:%s:F' "$(cat /tmp/.format.$$)" "$root/usr/bin/qemu-riscv64-static" >"$formats/register"
        rm -f /tmp/.format.$$
    fi
fi
exec chroot "$root" env -i HOME=/root TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    SOURCE_DATE_EPOCH="$(cat "$here/date")" "$@"
