#!/bin/sh
# Measures engines as the contest does, and writes report.md and report.json. POSIX sh and awk are
# all it needs, so it runs on the board as on a PC.
#
#   contest.sh ENGINES DIRECTORY
#
# ENGINES is a file with one engine a line, "NAME COMMAND...": a command that takes run.c's options,
# writes the story to stdout and "achieved tok/s: N" to stderr. The first one is the reference,
# whose text the others are compared with: run.c itself, or storyteller with the fp32 model, which
# writes the same bytes. Settings, from the environment; the defaults are what the contest's judges
# ran, and TEMPERATURE=0 is greedy:
#   RUNS=30  SEED=123  TEMPERATURE=1.0  TOPP=0.9  PROMPT="Once upon a time"
#   STEPS    tokens (-n), by default as many as the engine does by itself
#   CASES    a file of regression cases, one a line: temperature, top-p, seed, prompt (by tabs)
#   SCORER   a command that prints "nats per token: N" for the text file given as its last word:
#            the fp32 model's opinion on text that differs ("storyteller eval MODEL -z TOKENIZER")
#   SPEAK    a command that speaks its last word, timed apart ("espeak-ng -w /dev/null")
set -eu

engines=$1 directory=$2
runs=${RUNS:-30} steps=${STEPS:-} seed=${SEED:-123}
temperature=${TEMPERATURE:-1.0} topp=${TOPP:-0.9} prompt=${PROMPT:-Once upon a time}
tab=$(printf '\t')
mkdir -p "$directory"
cd "$directory"
rm -rf work
mkdir work
md=report.md json=report.json

fail() {
    echo "contest.sh: $*" >&2
    exit 1
}

# Text of stdin as the inside of a JSON string.
escaped() {
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e "s/$tab/\\\\t/g" |
        awk '{ printf "%s%s", sep, $0; sep = "\\n" }'
}

now() { # hundredths of a second since the machine started
    awk '{ print int($1 * 100) }' /proc/uptime
}

# run NAME OUT TEMPERATURE TOPP SEED PROMPT: sets $rate, and $peak in kB: from GNU time where there
# is one, else the highest of what /proc shows while the engine runs.
run() {
    out=$2 peak=0 sampling="-t $3 -p $4 -s $5 ${steps:+-n $steps}"
    if [ -n "$timer" ]; then
        # shellcheck disable=SC2046,SC2086
        $timer -f %M -o work/peak $(command_of "$1") $sampling -i "$6" \
            >"$out" 2>work/stderr || fail "$1 failed: $(cat work/stderr)"
        peak=$(tail -n 1 work/peak)
    else
        # shellcheck disable=SC2046,SC2086
        $(command_of "$1") $sampling -i "$6" >"$out" 2>work/stderr &
        pid=$!
        while kill -0 "$pid" 2>/dev/null; do
            seen=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null || true)
            [ "${seen:-0}" -le "$peak" ] || peak=$seen
            sleep 0.1 2>/dev/null || sleep 1
        done
        wait "$pid" || fail "$1 failed: $(cat work/stderr)"
    fi
    rate=$(awk '/achieved tok\/s:/ { print $3 }' work/stderr)
    [ -n "$rate" ] || fail "$1 printed no 'achieved tok/s: N': is it an engine with run.c's output?"
}

command_of() {
    awk -v name="$1" '$1 == name { $1 = ""; print substr($0, 2) }' "$engines_file"
}

# excerpt FILE BYTE: the text from there on, some words of it.
excerpt() {
    case $2 in
    *[!0-9]*) echo "(ends)" ;;
    *) tail -c "+$2" "$1" | head -c 80 | tr '\n' ' ' ;;
    esac
}

score() {
    if [ -n "${SCORER:-}" ]; then
        $SCORER "$1" 2>/dev/null | awk '/nats per token:/ { print $4; exit }'
    fi
}

timer=
if /usr/bin/time -f %M -o work/peak true 2>/dev/null; then
    timer=/usr/bin/time
fi
engines_file=$PWD/work/engines
(cd "$OLDPWD" && grep -v -e '^#' -e '^ *$' "$engines") >"$engines_file" ||
    fail "$engines names no engine"
names=$(awk '{ print $1 }' "$engines_file")
reference=$(echo "$names" | head -n 1)

if [ -n "${CASES:-}" ]; then
    (cd "$OLDPWD" && cat "$CASES") >work/cases
else
    for case_seed in 1 2 3; do
        printf '%s\t%s\t%s\t%s\n' 0 0.9 "$case_seed" "One day, number $case_seed" \
            1.0 0.9 "$case_seed" "Once upon a time" 0.8 1.0 "$case_seed" "The little dog"
    done >work/cases
fi
sentences() { # one sentence a line
    tr '\n' ' ' <"$1" | sed 's/\([.!?]"*\) /\1\
/g' | grep '[A-Za-z]'
}

environment() {
    echo "system: $(uname -srm)"
    echo "processor: $(awk -F': *' '/model name|uarch|^isa/ { print $2; exit }' /proc/cpuinfo)"
    echo "memory: $(awk '/MemTotal/ { print $2, $3 }' /proc/meminfo)"
    echo "distribution: $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null | tr -d '"')"
    echo "date: $(date -u '+%Y-%m-%d %H:%M UTC')"
    echo "load before: $(cut -d' ' -f1-3 /proc/loadavg)"
}
environment >work/environment
repeat="RUNS=$runs STEPS=$steps SEED=$seed TEMPERATURE=$temperature TOPP=$topp PROMPT='$prompt'"
repeat="$repeat contest.sh $engines $directory"

{
    echo "# Contest report"
    echo
    echo "Prompt \"$prompt\", temperature $temperature, top-p $topp, seed $seed, ${steps:-the default number of} steps;" \
        "$runs runs, the fastest and the slowest left out."
    echo
    echo "## Speed"
    echo
    echo "| engine | mean tok/s | lowest kept | highest kept | peak memory, kB | against $reference |"
    echo "|---|---|---|---|---|---|"
} >$md
{
    printf '{"prompt": "%s", "temperature": %s, "topp": %s, "seed": %s, "steps": %s, "runs": %s,\n' \
        "$(echo "$prompt" | escaped)" "$temperature" "$topp" "$seed" "${steps:-null}" "$runs"
    printf ' "environment": "%s",\n "repeat": "%s",\n "performance": {' \
        "$(escaped <work/environment)" "$(echo "$repeat" | escaped)"
} >$json

comma=
for name in $names; do
    : >work/rates
    most=0 i=0
    while [ $i -lt "$runs" ]; do
        run "$name" "work/$name.txt" "$temperature" "$topp" "$seed" "$prompt"
        echo "$rate" >>work/rates
        [ "$peak" -le "$most" ] || most=$peak
        i=$((i + 1))
    done
    sort -n work/rates | awk '{ v[NR] = $1 }
        END { from = NR > 2 ? 2 : 1; to = NR > 2 ? NR - 1 : NR
              for (i = from; i <= to; i++) s += v[i]
              printf "%.3f %.3f %.3f\n", s / (to - from + 1), v[from], v[to] }' >work/mean
    read -r mean low high <work/mean
    [ "$name" != "$reference" ] || base=$mean
    ratio=$(awk -v a="$mean" -v b="$base" 'BEGIN { printf "%.2f", a / b }')
    echo "| $name | $mean | $low | $high | $most | $ratio |" >>$md
    printf '%s\n  "%s": {"command": "%s", "mean": %s, "peak_kb": %s, "runs": [%s]}' \
        "$comma" "$name" "$(command_of "$name" | escaped)" "$mean" "$most" \
        "$(tr '\n' ',' <work/rates | sed 's/,$//')" >>$json
    comma=,
    echo "$name: $mean tok/s, $most kB" >&2
done

{
    echo
    echo "## Regression"
    echo
    echo "Each text against $reference's. Nats per token: the fp32 model's own opinion on both texts;"
    echo "lower is more like what the model was trained on."
    echo
    echo "| engine | case | same | first difference at byte | nats, reference | nats, engine |"
    echo "|---|---|---|---|---|---|"
} >>$md
printf '},\n "regression": {' >>$json

comma=
: >work/passes
: >work/differences
for name in $names; do
    passed=0 total=0
    printf '%s\n  "%s": [' "$comma" "$name" >>$json
    comma=, inner=
    while IFS=$tab read -r t p s text; do
        total=$((total + 1))
        expected=work/$reference.$total.txt got=work/$name.$total.txt
        run "$name" "$got" "$t" "$p" "$s" "$text" </dev/null
        at='' nats_reference='' nats_engine='' same=yes
        if ! cmp -s "$expected" "$got"; then
            same=no
            at=$(cmp "$expected" "$got" 2>&1 | sed -n 's/.*\(byte\|char\) \([0-9]*\).*/\2/p')
            at=${at:-end}
            nats_reference=$(score "$expected") nats_engine=$(score "$got")
            {
                echo "- $name, $t, $p, seed $s, \"$text\", from byte $at:"
                echo "  - reference: \"$(excerpt "$expected" "$at")\""
                echo "  - $name: \"$(excerpt "$got" "$at")\""
            } >>work/differences
        fi
        [ $same = no ] || passed=$((passed + 1))
        echo "| $name | $t, $p, seed $s, \"$text\" | $same | ${at:--} |" \
            "${nats_reference:--} | ${nats_engine:--} |" >>$md
        printf '%s\n   {"temperature": %s, "topp": %s, "seed": %s, "prompt": "%s", ' \
            "$inner" "$t" "$p" "$s" "$(echo "$text" | escaped)" >>$json
        printf '"same": "%s", "first_difference": "%s", ' $same "$at" >>$json
        printf '"nats_reference": "%s", "nats_engine": "%s"}' "$nats_reference" "$nats_engine" >>$json
        inner=,
    done <work/cases
    printf ']' >>$json
    echo "$name $passed $total" >>work/passes
done
{
    echo
    awk '{ printf "- %s: %d of %d texts are the reference'"'"'s, byte for byte\n", $1, $2, $3 }' work/passes
    if [ -s work/differences ]; then
        printf '\n### Where texts part\n\n'
        cat work/differences
    fi
} >>$md

printf '},\n "speech": [' >>$json
if [ -n "${SPEAK:-}" ]; then
    printf '\n## Speech synthesis, timed apart\n\n| seconds | sentence |\n|---|---|\n' >>$md
    sentences "work/$reference.txt" >work/sentences
    all=0 inner=
    while IFS= read -r sentence; do
        before=$(now)
        $SPEAK "$sentence" </dev/null >/dev/null 2>&1 || fail "'$SPEAK' failed"
        took=$(($(now) - before))
        all=$((all + took))
        seconds=$(awk -v t=$took 'BEGIN { printf "%.2f", t / 100 }')
        echo "| $seconds | $sentence |" >>$md
        printf '%s\n  {"seconds": %s, "sentence": "%s"}' "$inner" "$seconds" \
            "$(echo "$sentence" | escaped)" >>$json
        inner=,
    done <work/sentences
    awk -v t=$all 'BEGIN { printf "| **%.2f** | in all |\n", t / 100 }' >>$md
fi
printf ']}\n' >>$json
{
    printf '\n## Environment\n\n'
    sed 's/^/- /' work/environment
    printf '\n## To repeat\n\n```\n%s\n```\nwith these engines:\n```\n' "$repeat"
    cat "$engines_file"
    printf '```\n'
} >>$md
echo "$directory/$md, $directory/$json" >&2
