#!/bin/sh
# Puts the root file system together in /cache/tree: Debian's part, the kernel's modules, PocketSphinx,
# storybot from the checkout, and the files of image/files; runs in the workshop. What the box would
# otherwise make at its first start (the recogniser's reduced model, compiled code) is made here.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
checkout=$(dirname "$here")
cache=/cache
tree=$cache/tree
packages=$tree/usr/lib/python3/dist-packages
rm -rf $tree
mkdir $tree
tar --extract --file $cache/rootfs.tar --directory $tree --exclude='./dev/*'

# Debian's packages, less what the box has no use for.
sed 's/#.*//' "$here/packages.removed" | tr -s ' ' '\n' | while read -r package; do
    for list in $tree/var/lib/dpkg/info/"$package".list $tree/var/lib/dpkg/info/"$package":*.list; do
        [ -e "$list" ] || continue
        while read -r path; do
            case $path in /usr/share/doc/*) continue ;; esac
            [ -d "$tree$path" ] && [ ! -L "$tree$path" ] || rm -f "$tree$path"
        done <"$list"
    done
done
(
    cd $tree
    rm -rf var/lib/apt var/cache/* var/log/* var/lib/dpkg/info usr/lib/apt usr/share/sounds \
        usr/lib/*/gconv usr/lib/*/perl* usr/share/perl* usr/lib/udev/hwdb.d usr/lib/udev/hwdb.bin \
        usr/share/zoneinfo usr/lib/*/libgpiodcxx* usr/lib/python3.13/lib-dynload/_sqlite3* \
        usr/lib/python3.13/lib-dynload/_dbm* usr/lib/*/security/pam_userdb.so \
        usr/bin/alsabat usr/bin/alsatplg usr/bin/lslogins usr/bin/lastlog2 usr/lib/*/liblastlog2* usr/lib/*/security/pam_lastlog2.so \
        usr/lib/python3/dist-packages/gpiod/test usr/lib/python3.13/test boot dev/* run/* tmp/*
    find usr/lib/*/espeak-ng-data -maxdepth 1 -name '*_dict' ! -name en_dict -delete
    mkdir -p boot dev proc sys run tmp
    # The small kernel allows 32,768 processes and writes no core dumps: what these files set is refused,
    # and systemd-sysctl.service would fail.
    rm -rf usr/lib/sysctl.d
)

# The kernel's modules and the files of image/files.
cp -r $cache/kernel/modules/lib/modules $tree/usr/lib/
depmod -b $tree "$(ls $tree/usr/lib/modules)"
cp -r "$here"/files/. $tree/

# storybot, PocketSphinx and the engine.
cp -r "$checkout/storybot" $packages/
find $packages/storybot -name __pycache__ -prune -exec rm -r {} +
cp "$checkout/config.yaml" $packages/storybot/data/
riscv64-linux-gnu-gcc -O2 -shared -fPIC -s -Wl,-soname,libpcaudio.so.0 -Wl,--build-id=none \
    "$checkout/native/pcaudio/silent.c" -o $packages/storybot/data/silent-pcaudio.so
ln -s ../../python3/dist-packages/storybot/data/silent-pcaudio.so \
    $tree/usr/lib/riscv64-linux-gnu/libpcaudio.so.0
cp -r $cache/pocketsphinx/install/pocketsphinx $packages/
mkdir -p $tree/usr/local/share/pocketsphinx # where it looks for its model by itself
cp -r $cache/pocketsphinx/install/model $tree/usr/local/share/pocketsphinx/
install -m 755 $cache/storyteller $tree/usr/bin/storyteller
mkdir -p $packages/storybot.dist-info
printf 'Metadata-Version: 2.1\nName: storybot\nVersion: %s\n' \
    "$(sed -n 's/^version = "\(.*\)"/\1/p' "$checkout/pyproject.toml")" >$packages/storybot.dist-info/METADATA
cat >$tree/usr/bin/storybot <<'X'
#!/usr/bin/python3
import sys

from storybot.cli.main import main

sys.exit(main())
X
chmod 755 $tree/usr/bin/storybot

# The service, as `make install-service` puts it on a machine with Debian 13's systemd.
DESTDIR=$tree PREFIX=/usr "$checkout/systemd/install.sh" service
install -D -m 644 -t "$tree/etc/systemd/system/storybot.service.d" \
    "$checkout/systemd/storybot.service.d/50-growing-delay.conf"
# The card's settings: button and light as duo.dts has them.
sed -e 's#^  button: none #  button: evdev#' -e 's#^  button_device: ""#  button_device: /dev/input/storybot-button#' \
    -e 's#^  lights: none #  lights: sysfs#' -e 's#^  lights_device: ""#  lights_device: storybot#' \
    "$checkout/config.yaml" >$tree/usr/lib/storybot/storybot.yaml

# For what runs in the tree below; the namespace is left at the end.
mount --rbind /dev $tree/dev
mount --bind /proc $tree/proc

# Accounts, services, and folders as the box has them from its first start on.
systemd=$tree/etc/systemd/system
chroot $tree systemd-sysusers
chroot $tree systemctl --quiet enable storybot.service zram-swap.service card-readahead.service card-settings.service \
    serial-shell.service
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer \
    e2scrub_all.timer e2scrub_reap.service systemd-logind.service systemd-pstore.service \
    systemd-journal-catalog-update.service systemd-hwdb-update.service systemd-update-done.service \
    ldconfig.service systemd-networkd.service systemd-networkd.socket systemd-binfmt.service \
    remote-fs.target systemd-firstboot.service systemd-journal-flush.service \
    systemd-tpm2-setup.service systemd-tpm2-setup-early.service systemd-pcrphase.service \
    systemd-hibernate-clear.service systemd-update-utmp.service systemd-update-utmp-runlevel.service \
    systemd-machine-id-commit.service systemd-random-seed.service systemd-sysusers.service \
    systemd-timesyncd.service systemd-network-generator.service getty.target getty@tty1.service \
    serial-getty@ttyS0.service alsa-restore.service alsa-state.service; do
    ln -sf /dev/null "$systemd/$unit"
done
: >$tree/etc/machine-id
rm -f $tree/etc/resolv.conf $tree/var/lib/systemd/random-seed
mkdir -p $tree/var/lib/storybot $tree/var/cache/storybot

# Times are part of the names of what is cached next, so they are set first and kept.
settle() {
    find $tree -xdev -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}
settle
cp "$here/prepare.py" $tree/tmp/
chroot $tree env PYTHONDONTWRITEBYTECODE=1 python3 /tmp/prepare.py
rm $tree/tmp/prepare.py
chroot $tree chown -R storybot:storybot /var/cache/storybot /var/lib/storybot
settle
umount -l $tree/dev $tree/proc

"$here/check_tree.py" $tree
