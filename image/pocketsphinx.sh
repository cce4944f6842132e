#!/bin/sh
# Compiles PocketSphinx's Python module for riscv64; runs in the workshop. Leaves it as it is
# installed in /cache/pocketsphinx/install; made again when its source or the compiler changes.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
out=/cache/pocketsphinx
version=$({
    cat "$here/pocketsphinx.lock" "$here/headers.lock" "$here/pocketsphinx.sh"
    grep -E '^(gcc-14-riscv64|cython3) ' "$here/workshop.lock"
} | sha256sum | cut -c 1-16)
[ "$(cat $out/version 2>/dev/null)" != "$version" ] || exit 0

echo "image: compiling PocketSphinx" >&2
archive=/cache/sources/$(cut -d ' ' -f 1 "$here/pocketsphinx.lock")
rm -rf $out
mkdir -p $out/source $out/build $out/headers
tar --extract --file "$archive" --directory $out/source --strip-components=1
dpkg-deb --extract /cache/debs-headers/libpython3*.deb $out/headers

compile() {
    cmake -S $out/source -B $out/build -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=riscv64 \
        -DCMAKE_C_COMPILER=riscv64-linux-gnu-gcc -DCMAKE_BUILD_TYPE=Release \
        -DBUILD_SHARED_LIBS=OFF -DCMAKE_POSITION_INDEPENDENT_CODE=ON \
        -DCMAKE_C_FLAGS="-ffile-prefix-map=$out="
    cmake --build $out/build --target pocketsphinx -j "$(nproc)"
    cython3 -3 $out/source/cython/_pocketsphinx.pyx -o $out/build/_pocketsphinx.c
    module=$out/install/pocketsphinx/_pocketsphinx.cpython-313-riscv64-linux-gnu.so
    mkdir -p "$(dirname "$module")"
    riscv64-linux-gnu-gcc -O2 -fPIC -shared -s -ffile-prefix-map=$out= -Wl,--build-id=none \
        -I $out/headers/usr/include/python3.13 -I $out/headers/usr/include \
        -I $out/source/include -I $out/build/include -I $out/source/src -I $out/build \
        $out/build/_pocketsphinx.c $out/build/libpocketsphinx.a -lm -o "$module"
}
compile >$out/build.log 2>&1 || {
    tail -n 30 $out/build.log >&2
    exit 1
}
cp $out/source/cython/pocketsphinx/__init__.py $out/source/cython/pocketsphinx/segmenter.py \
    $out/install/pocketsphinx/
# The model of sounds and the dictionary; requests are recognised by a grammar, without the
# language models of 28 MB.
mkdir -p $out/install/pocketsphinx/model/en-us
cp -r $out/source/model/en-us/en-us $out/source/model/en-us/*.dict $out/install/pocketsphinx/model/en-us/
cp $out/source/LICENSE $out/install/pocketsphinx/
echo "$version" >$out/version
