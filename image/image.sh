#!/bin/sh
# Makes the SD-card image out of /cache/tree and /cache/kernel; runs in the workshop. No loop device
# is needed, and the same input gives the same bytes: sizes, names, times and identities are fixed.
# Leaves /cache/out: storybot-duo.img, boot.sd, packages.txt, SHA256SUMS.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cache=/cache
out=$cache/out
parts=$cache/parts
rm -rf $out $parts $cache/genimage
mkdir -p $out $parts $cache/genimage/root
export E2FSPROGS_FAKE_TIME="$SOURCE_DATE_EPOCH"

# The first partition, which every PC can read and write.
cp "$here/boot.its" $cache/boot.its
(cd $cache && mkimage -f boot.its $out/boot.sd >/dev/null)
mkdir $parts/boot
cp $out/boot.sd $parts/boot/
sed 's/$/\r/' "$here/README.TXT" >$parts/boot/README.TXT
sed 's/$/\r/' $cache/tree/usr/lib/storybot/storybot.yaml >$parts/boot/storybot.yaml
touch -d "@$SOURCE_DATE_EPOCH" $parts/boot/*
truncate -s 32M $parts/boot.vfat
mkfs.vfat -n BOOT -i 73746f72 --invariant $parts/boot.vfat >/dev/null
TZ=UTC mcopy -m -i $parts/boot.vfat $parts/boot/* ::

# The root file system is only read; what the box keeps lies on a partition of its own.
filesystem() {
    mke2fs -q -t ext4 -L "$1" -U "$2" -E "hash_seed=$2,lazy_itable_init=0,root_owner=0:0" \
        -m 0 -d "$3" "$parts/$4" "$5"
}
megabytes=$(du -sm --apparent-size $cache/tree | cut -f 1)
filesystem root 73746f72-7962-6f74-0000-000000000001 $cache/tree root.ext4 $((megabytes * 5 / 4 + 16))M
mkdir $parts/state
filesystem STATE 73746f72-7962-6f74-0000-000000000002 $parts/state state.ext4 64M
genimage --config "$here/genimage.cfg" --rootpath $cache/genimage/root \
    --tmppath $cache/genimage/tmp --inputpath $parts --outputpath $out >$cache/genimage.log 2>&1 || {
    cat $cache/genimage.log >&2
    exit 1
}

"$here/licences.py" $cache/tree >$out/packages.txt
(cd $out && sha256sum storybot-duo.img boot.sd packages.txt >SHA256SUMS)
rm -rf $parts $cache/genimage
ls -l $out >&2
