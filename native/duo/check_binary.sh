#!/bin/sh
# Refuses a program that holds an instruction which traps on the C906: reading vlenb, CSR 0xc22, a
# register that RVV 0.7.1 lacks (compilers emit it for vector spills), and fence.tso. Words are
# compared, since names and operands depend on the disassembler's version.
set -eu
program=$1
found=$(riscv64-linux-gnu-objdump -d "$program" |
    awk -F '\t' '/^[0-9a-f]+ <.*>:$/ { name = $1 }
        $2 ~ /^(c22[0-9a-f][0-9a-f][0-9a-f][7f]3|8330000f) *$/ { print name, $0 }' |
    grep -v -e '<_Unwind_' -e '<uw_' -e '<execute_' || true)
if [ -n "$found" ]; then
    echo "$program: these instructions trap on the C906:" >&2
    echo "$found" >&2
    exit 1
fi
