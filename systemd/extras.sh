#!/bin/bash
# Which extras this machine can carry: extras.sh MEMORY_KB DISK_KB MACHINE
# Whisper wants 512 MB free beside all else (storybot/hearing/second/whisper.py) and 520 MB of disk,
# Piper 512 MB in all (storybot/speaking/voices/piper.py) and 260 MB; twice the disk while pip works.
# Their libraries are made for two processors.
set -eu
memory=$1 disk=$2
case $3 in
    x86_64 | aarch64) ;;
    *) exit 0 ;;
esac
if [ "$memory" -ge 900000 ] && [ "$disk" -ge 1500000 ]; then echo whisper; fi
if [ "$memory" -ge 450000 ] && [ "$disk" -ge 500000 ]; then echo piper; fi
