#!/bin/sh
# Writes the engines of `make contest` to stdout, one "NAME COMMAND..." a line, for contest.sh.
#
#   contest_engines.sh DIRECTORY MODEL TOKENIZER PACKER [LAUNCHER... ] STORYTELLER
#
# MODEL is a llama2.c checkpoint, packed by PACKER into DIRECTORY as int8 and int4. The reference is
# RUN_C where that names karpathy's run.c (compiled), else storyteller with the checkpoint itself.
# Beside run.c, storyteller writes text as run.c does.
set -eu
directory=$1 model=$2 tokenizer=$3 packer=$4
shift 4
base=$directory/$(basename "$model" .bin)
for coding in int8 int4; do
    [ -n "$(find "$base-$coding.story" -newer "$model" -newer "$packer" 2>/dev/null)" ] ||
        "$packer" pack "$model" "$tokenizer" -q $coding -o "$base-$coding.story" >&2
done
as=
if [ -n "${RUN_C:-}" ]; then
    echo "run.c $RUN_C $model -z $tokenizer"
    as=" --run-c"
fi
echo "fp32 $* $model -z $tokenizer$as"
echo "int8 $* $base-int8.story$as"
echo "int4 $* $base-int4.story$as"
