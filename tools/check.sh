#!/bin/bash
# Runs the parts of `make test` or `make check` one after the other and adds up what they counted.
#
#     tools/check.sh test|check|PART...
#
# A part is a function below. It closes with `N passed, N failed` (several times: they are added),
# else it counts as one test, passed when it exits with 0; a step that only prepares counts when it
# fails. A failure does not stop the parts after it. The output is kept in build-check/PART.log.
set -u
cd "$(dirname "$0")/.." || exit 1
export PATH=$PATH:/usr/sbin

# What each part does.

part_setup() { tools/setup.sh; }
part_tidy() { tools/tidy; }
part_tidy_test() { tools/tidy_test; }
part_python() { git ls-files '*.py' | xargs pylint --rcfile=tools/pylintrc --score=n; }
part_seed() { tools/seed-check.py; }
part_web() { tools/web.sh; }
part_web_lint() { (cd web && npm run --silent lint); }
part_web_types() { (cd web && npm run --silent typecheck); }
part_pictures() { make --no-print-directory pictures; }
part_debug() { make --no-print-directory all; }
part_clang() { make --no-print-directory clang; }
part_sqlite() { SOUK_TEST_TRANSCRIPT=build-check/answers.sqlite build/souk-test --seed $seed; }
# Runs a command on a PostgreSQL of its own, and with --replica first on one that is followed.
on_postgres() {
    local folder url replica='' status
    folder=$(mktemp -d /tmp/souk-postgres.XXXXXX)
    url=$(tests/postgres.sh start "$folder" 0) || return 1
    if [ "$1" = --replica ]; then
        shift
        replica=$(tests/postgres.sh replica "$folder" 0) || return 1
    fi
    SOUK_TEST_POSTGRES=$url SOUK_TEST_REPLICA=$replica SOUK_TEST_POSTGRES_FOLDER=$folder "$@"
    status=$?
    tests/postgres.sh stop "$folder"
    rm -rf "$folder"
    return $status
}
# Runs a command with a Redis Cluster of its own.
on_redis() {
    local folder url status
    folder=$(mktemp -d /tmp/souk-redis.XXXXXX)
    url=$(tests/redis.sh start "$folder") || return 1
    SOUK_TEST_REDIS=$url SOUK_TEST_REDIS_FOLDER=$folder "$@"
    status=$?
    tests/redis.sh stop "$folder"
    rm -rf "$folder"
    return $status
}
part_postgres() {
    on_postgres env SOUK_TEST_TRANSCRIPT=build-check/answers.postgres build/souk-test --seed $seed
}
part_split() {
    SOUK_TEST_SPLIT=1 SOUK_TEST_TRANSCRIPT=build-check/answers.split build/souk-test --seed $seed
}
# Each service as a role that may use its own schema alone, with statements that are shared as
# behind a pooler, and reading at a replica; with copies in Redis.
part_split_postgres() {
    on_postgres --replica on_redis env SOUK_TEST_SPLIT=1 SOUK_DATABASE_PREPARED=2 \
        SOUK_TEST_TRANSCRIPT=build-check/answers.split_postgres build/souk-test --seed $seed &&
        tools/same_answers build-check/answers.sqlite build-check/answers.split_postgres
}
part_answers() {
    tools/same_answers build-check/answers.sqlite build-check/answers.postgres &&
        tools/same_answers build-check/answers.sqlite build-check/answers.split
}
part_schemas() { tests/cluster/migrate.sh build/souk; }
part_replay() {
    ninja -C build replay >/dev/null || return 1
    local binary name failed=0
    for binary in build/tests/fuzz/*_replay; do
        name=$(basename "$binary" _replay)
        "$binary" "tests/fuzz/corpus/$name" "tests/fuzz/regressions/$name" \
            2>build-check/replay.txt || { cat build-check/replay.txt; failed=1; }
    done
    return $failed
}
part_openapi() {
    build/souk openapi | diff -u api/openapi.json - >build-check/openapi.diff && return
    head -40 build-check/openapi.diff
    echo "api/openapi.json is not what the binary prints: make openapi"
    return 1
}
part_kube() { make --no-print-directory kube-check; }
part_settings() { tools/docs-settings.sh build/souk | diff -u docs/operator/settings.md -; }
part_release() { make --no-print-directory release; }
part_kills() {
    tests/faults/kill_checkout.py build-release/souk --shoppers 300 &&
        tests/faults/drain.py build-release/souk &&
        tests/faults/streams.py build-release/souk
}
part_import_kills() { tests/faults/kill_import.py build-release/souk; }
part_crash_steps() { tests/faults/crash_steps.py build-release/souk; }
part_full_disk() { tests/faults/full_disk.py build-release/souk; }
part_golden() {
    tools/with-shop.sh build-release/souk tools/golden tests/http/*.http
}
part_cluster() {
    # What is refused here the firewall refuses in words of its own.
    SOUK_GATEWAY="--firewall block" \
        tools/with-cluster.sh build-release/souk tools/golden tests/http/buying.http &&
        tools/with-cluster.sh build-release/souk bash -c 'tools/golden tests/http/refusals.http &&
            tests/cluster/gateway.py build-release/souk'
}
part_services() {
    tools/with-cluster.sh build-release/souk tests/cluster/kill_services.py build-release/souk \
        --shoppers 60
}
part_restore() { tools/setup.sh stack && tests/cluster/restore.py build-release/souk; }
# Correctness alone; a machine that tests other things besides says nothing of seconds.
part_drills() {
    tools/setup.sh stack &&
        tests/cluster/drills.py build-release/souk medley --untimed --firewall report
}
# The stack again, behind a pgbouncer that keeps prepared statements for its clients.
part_pooler() {
    local folder status path
    folder=$(mktemp -d /tmp/souk-pooler.XXXXXX)
    chmod 755 "$folder"
    path=$(tests/cluster/new_pooler.sh "$folder")
    status=$?
    if [ $status -eq 3 ]; then
        echo "pooler: Debian 13 cannot be reached: not tried"
        echo "0 passed, 0 failed"
        status=0
    elif [ $status -eq 0 ]; then
        PATH=$path:$PATH tests/cluster/drills.py build-release/souk pooler --untimed
        status=$?
    fi
    rm -rf "$folder"
    return $status
}
part_browser() { # one file after the other: some change the shop for a while
    tools/with-shop.sh build-release/souk node --test --test-concurrency=1 tests/browser/*.test.mjs
}
part_fuzz() { make --no-print-directory fuzz SECONDS=60; }

seed=$(date +%s)
steps=" setup web pictures debug release "
tests="setup web pictures debug seed sqlite postgres split answers replay"
checks="setup tidy tidy_test python web_lint web_types web pictures debug clang seed sqlite
    postgres split answers split_postgres schemas replay openapi settings release fuzz& kube
    golden cluster services restore drills pooler crash_steps& browser kills import_kills
    full_disk"

# How they are run and counted.

# Adds up the closing lines of a log: "passed failed".
counts() {
    sed -nE 's/^([A-Za-z]+: )?([0-9]+) passed, ([0-9]+) failed.*$/\2 \3/p
             s/^(#|ℹ) pass ([0-9]+)$/\2 0/p; s/^(#|ℹ) fail ([0-9]+)$/0 \2/p' "$1" |
        awk '{passed += $1; failed += $2} END {if (NR) print passed + 0, failed + 0}'
}

# What a part came to, from its log, its exit status and its seconds.
add_up() {
    local part=$1 status=$2 counted passed failed
    counted=$(counts "build-check/$part.log")
    [ -n "$counted" ] || counted='1 0'
    [[ $steps != *" $part "* ]] || counted='0 0'
    read -r passed failed <<<"$counted"
    [ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || { passed=0 failed=1; }
    [ "$failed" -eq 0 ] || blamed+=" $part"
    all_passed=$((all_passed + passed))
    all_failed=$((all_failed + failed))
    table+=$(printf '%-12s %5d s %8d passed %5d failed\n.' "$part" "$3" "$passed" "$failed")
    table=${table%.}
}

run_part() {
    local part=$1 start=$SECONDS status
    printf '\n== %s\n' "$part"
    "part_$part" 2>&1 </dev/null | tee "build-check/$part.log"
    status=${PIPESTATUS[0]}
    add_up "$part" "$status" $((SECONDS - start))
}

# A part behind which an & stands runs beside the ones after it, on what they leave of the machine,
# and is told about at the end.
start_beside() {
    printf '\n== %s, beside the others\n' "$1"
    (
        renice -n 19 -p $BASHPID >/dev/null
        "part_$1" >"build-check/$1.log" 2>&1 </dev/null
    ) &
    beside[$!]=$1
    beside_start[$!]=$SECONDS
}

end_beside() {
    local pid status
    for pid in "${!beside[@]}"; do
        wait "$pid"
        status=$?
        printf '\n== %s, which ran beside\n' "${beside[$pid]}"
        cat "build-check/${beside[$pid]}.log"
        add_up "${beside[$pid]}" "$status" $((SECONDS - ${beside_start[$pid]}))
    done
}

# What failed, once more and last: who sees only the end of a long output sees why.
tell_failures() {
    local part
    for part in $blamed; do
        printf '\n== failed: %s (build-check/%s.log)\n' "$part" "$part"
        {
            grep -aE '^ *(FAIL|not ok|✖|E:)|[Ee]rror[: ]' "build-check/$part.log" | head -n 6
            echo ...
            tail -n 8 "build-check/$part.log"
        } | cut -c 1-300
    done
    [ -z "$blamed" ] || echo
}

case "${1:-}" in
test) parts=$tests ;;
check) parts=$checks ;;
*) parts=$* ;;
esac
mkdir -p build-check
all_passed=0 all_failed=0 table= blamed=
declare -A beside beside_start
for part in $parts; do
    declare -F "part_${part%&}" >/dev/null || { echo "check: no part is called $part" >&2; exit 2; }
    case $part in
    *'&') start_beside "${part%&}" ;;
    *) run_part "$part" ;;
    esac
done
end_beside
printf '\n%s\n' "$table"
tell_failures
echo "$all_passed passed, $all_failed failed"
[ "$all_failed" -eq 0 ] && [ "$all_passed" -gt 0 ]
