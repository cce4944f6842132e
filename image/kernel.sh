#!/bin/sh
# Builds the kernel, its modules and the Duo's device tree from Debian's linux-source; runs in the
# workshop. Leaves /cache/kernel/{Image,duo.dtb,modules/}; the kernel is built again when its
# configuration or source change.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=/cache/kernel
log=$out/build.log
tools='^(linux-source|gcc-14-riscv64|binutils-riscv64)'
version=$({
    cat "$here/kernel.config" "$here/kernel.sh" "$here/date"
    grep -E "$tools" "$here/workshop.lock"
} | sha256sum | cut -c 1-16)

archive=$(echo /usr/src/linux-source-*.tar.xz)
source=$out/$(basename "$archive" .tar.xz)
export KBUILD_BUILD_USER=storybot KBUILD_BUILD_HOST=storybot KBUILD_BUILD_VERSION=1
KBUILD_BUILD_TIMESTAMP=$(date -u -d "@$SOURCE_DATE_EPOCH")
export KBUILD_BUILD_TIMESTAMP

build() {
    make -s -C "$source" O=$out/build ARCH=riscv CROSS_COMPILE=riscv64-linux-gnu- "$@" >>$log 2>&1 || {
        tail -n 30 $log >&2
        echo "image: the kernel could not be built; the whole log is kernel/build.log in the cache" >&2
        exit 1
    }
}

if [ "$(cat $out/version 2>/dev/null)" != "$version" ]; then
    echo "image: building the kernel (ten minutes on two free cores)" >&2
    mkdir -p $out
    rm -f $out/version $log
    if [ "$(cat "$source.complete" 2>/dev/null)" != "$(basename "$archive")" ]; then
        tar --extract --file "$archive" --directory $out
        basename "$archive" >"$source.complete"
    fi
    mkdir -p $out/build
    rm -rf $out/modules
    build KCONFIG_ALLCONFIG="$here/kernel.config" allnoconfig
    # Options that this source does not know, or that depend on others, would go unnoticed.
    refused=$(grep '^CONFIG_' "$here/kernel.config" | grep -vxFf $out/build/.config || true)
    [ -z "$refused" ] || {
        echo "image: the kernel does not take" $refused >&2
        exit 1
    }
    build -j "$(nproc)" Image modules
    build INSTALL_MOD_PATH=$out/modules INSTALL_MOD_STRIP=1 modules_install
    rm -f $out/modules/lib/modules/*/build
    cp $out/build/arch/riscv/boot/Image $out/Image
    echo "$version" >$out/version
fi

tree=$source/arch/riscv/boot/dts/sophgo
riscv64-linux-gnu-cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp -P \
    -I "$tree" -I "$source/include" -I "$source/scripts/dtc/include-prefixes" \
    "$here/duo.dts" >$out/duo.dts.expanded
dtc -q -I dts -O dtb -o $out/duo.dtb $out/duo.dts.expanded
