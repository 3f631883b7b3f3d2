#!/bin/bash
# Runs the fuzzers two at a time: tools/fuzz.sh BUILD SECONDS [NAME]. The targets are tests/fuzz/.
#
# An input may take ten seconds of the processor's time; how long it takes on a machine that does
# other things besides says nothing. New inputs gather in BUILD/corpus/NAME; a crash is kept in
# tests/fuzz/regressions/NAME, where it is committed and replayed by `make test`.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1 seconds=$2 only=${3:-}

# Whether what seemed to be slow is: the inputs that are not are removed.
is_slow() { # BINARY FOUND
    local input slow=1
    for input in "$2"/slow-unit-* "$2"/timeout-*; do
        [ -f "$input" ] || continue
        if (ulimit -t 10 && exec "$1" -timeout=3600 "$input") >/dev/null 2>&1; then
            rm "$input"
        else
            slow=0
        fi
    done
    return $slow
}

fuzz_one() {
    local name=$1 log=$build/$1.log dictionary=tests/fuzz/dictionaries/$1.dict status=0
    local kept=tests/fuzz/regressions/$name found=$build/found/$1 binary=$build/tests/fuzz/$1_fuzz
    rm -rf "$found"
    mkdir -p "$build/corpus/$name" "$kept" "$found"
    local arguments=(-max_total_time="$seconds" -timeout=100 -timeout_exitcode=70
        -report_slow_units=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$found/"
        "$build/corpus/$name" "tests/fuzz/corpus/$name" "$kept")
    [ -f "$dictionary" ] && arguments=(-dict="$dictionary" "${arguments[@]}")
    "$binary" "${arguments[@]}" >"$log" 2>&1 || status=$?
    if ! is_slow "$binary" "$found" && [[ $status == 0 || $status == 70 ]]; then
        printf 'fuzz %s: %s inputs in %s s, %s\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds" \
            "$(grep -oE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -1)"
        touch "$build/$name.passed"
    else
        cp -t "$kept" "$found"/* 2>/dev/null
        tail -40 "$log"
        printf 'FAIL fuzz %s: the input is in %s; again: make fuzz T=%s\n' "$name" "$kept" "$name"
    fi
    rmdir --ignore-fail-on-non-empty "$kept"
}

rm -f "$build"/*.passed
names=()
for binary in "$build"/tests/fuzz/*_fuzz; do
    name=$(basename "$binary" _fuzz)
    [ -z "$only" ] || [ "$name" = "$only" ] && names+=("$name")
done
for name in "${names[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge 2 ]; do wait -n; done
    fuzz_one "$name" &
done
wait
passed=$(find "$build" -maxdepth 1 -name '*.passed' | wc -l)
echo "$passed passed, $((${#names[@]} - passed)) failed"
[ "$passed" -gt 0 ] && [ "$passed" -eq "${#names[@]}" ]
