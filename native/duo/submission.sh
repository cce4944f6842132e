#!/bin/sh
# Puts into one folder what the contest asks to hand in. POSIX sh and awk are all it needs, so it runs
# on the board as on a PC.
#
#   submission.sh REPORT FOLDER [FIGURES [IMAGE]]
#
# REPORT is the folder that contest.sh wrote. On the Duo its figures are the board's; anywhere else they
# are marked as another machine's, and the modelled ones of FIGURES (docs/duo-engine.md) stand beside
# them, marked so. IMAGE is the folder of the SD-card image. FOLDER/README.md is written as the text of
# a pull request. BOARD=yes or no overrides how the board is recognised.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
report=$1 folder=$2 figures=${3:-} image=${4:-}

fail() {
    echo "submission.sh: $*" >&2
    exit 1
}

[ -s "$report/report.md" ] && [ -s "$report/report.json" ] ||
    fail "$report holds no report: run contest.sh first (make contest)"
if [ -z "${BOARD:-}" ]; then
    BOARD=no
    ! tr '\0' '\n' </proc/device-tree/compatible 2>/dev/null | grep -q 'cv1800b\|milkv,duo' || BOARD=yes
fi

rm -rf "$folder"
mkdir -p "$folder/scripts"
cp "$report/report.md" "$report/report.json" "$folder/"
cp "$here/contest.sh" "$here/submission.sh" "$folder/scripts/"
licence=$here/../../LICENSE
[ ! -e "$licence" ] || cp "$licence" "$folder/"
if [ -n "$image" ] && [ -d "$image" ]; then
    mkdir "$folder/image"
    cp "$image"/* "$folder/image/"
fi

# section TITLE: the lines below "## TITLE" of the report, up to the next heading of that rank.
section() {
    awk -v title="## $1" '$0 == title { on = 1; next } /^## / { on = 0 } on' "$report/report.md"
}

# runs: every run of every engine, from the one-line objects of report.json.
runs() {
    sed -n 's/^ *"\([^"]*\)": {"command": .*"runs": \[\([^]]*\)\].*/- \1: \2/p' "$report/report.json" |
        sed 's/,/, /g'
}

{
    echo "# storybot: stories on the Milk-V Duo"
    echo
    echo "An engine for llama2.c's checkpoints in C, without libraries, for one C906 with RVV 0.7.1 and"
    echo "64 MB of memory; and a box around it that hears a request, tells a story and speaks it."
    echo
    echo "## Performance, the judges' parameters"
    echo
    if [ "$BOARD" = yes ]; then
        echo "**Measured on the board.**"
    else
        echo "**Not measured on a board**: this machine's figures, which only show that the procedure works."
    fi
    section Speed
    echo "Every run, tok/s:"
    echo
    runs
    if [ "$BOARD" = no ] && [ -n "$figures" ]; then
        echo
        echo "**Modelled for the board** at 850 MHz from counted instructions, within 25 %"
        echo "(docs/duo-engine.md tells how):"
        echo
        echo "| stories15M's shape | tok/s, modelled | million instructions per token |"
        echo "|---|---|---|"
        grep '^| \*\*ours, storylike15M' "$figures" | sed 's/\*\*//g; s/ modelled / /' ||
            fail "$figures has no modelled figures of storylike15M"
    fi
    echo
    echo "## Regression"
    section Regression
    if grep -q '^## Speech' "$report/report.md"; then
        echo "## Speech synthesis, timed apart"
        section "Speech synthesis, timed apart"
    fi
    echo "## Environment"
    section Environment
    echo "## To repeat"
    section "To repeat"
    echo "\`scripts/contest.sh\` measures and \`scripts/submission.sh\` makes this folder; both need sh and"
    echo "awk alone. On the board: \`RUNS=30 sh contest.sh engines report && sh submission.sh report out\`."
    echo
    echo "## Files"
    echo
    echo "- \`report.md\`, \`report.json\`: every case, every run, where texts part and what the fp32 model"
    echo "  thinks of both"
    if [ -d "$folder/image" ]; then
        echo "- \`image/\`: the SD card, its checksums, and \`packages.txt\` with every package's licences;"
        echo "  the vendor's fip.bin is not in it"
    else
        echo "- no SD-card image: \`make image\` builds it"
    fi
    echo "- \`LICENSE\`: MIT, of the engine and the box"
} >"$folder/README.md"
(cd "$folder" && find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum >SHA256SUMS)
echo "$folder/README.md" >&2
