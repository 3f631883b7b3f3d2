#!/bin/bash
# Runs the fuzzers two at a time: tools/fuzz.sh BUILD SECONDS [NAME]. The targets are tests/fuzz/.
#
# New inputs gather in BUILD/corpus/NAME; a crash is kept in tests/fuzz/regressions/NAME, where it
# is committed and replayed by `make test`.
set -u
cd "$(dirname "$0")/.." || exit 1
build=$1 seconds=$2 only=${3:-}

fuzz_one() {
    local name=$1 log=$build/$1.log dictionary=tests/fuzz/dictionaries/$1.dict
    local kept=tests/fuzz/regressions/$name
    mkdir -p "$build/corpus/$name" "$kept"
    local arguments=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
        -artifact_prefix="$kept/" "$build/corpus/$name" "tests/fuzz/corpus/$name" "$kept")
    [ -f "$dictionary" ] && arguments=(-dict="$dictionary" "${arguments[@]}")
    if "$build/tests/fuzz/${name}_fuzz" "${arguments[@]}" >"$log" 2>&1; then
        printf 'fuzz %s: %s inputs in %s s, %s\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds" \
            "$(grep -oE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -1)"
        touch "$build/$name.passed"
    else
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
