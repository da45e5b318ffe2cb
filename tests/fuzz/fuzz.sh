#!/usr/bin/env bash
# fuzz.sh BUILD_FOLDER [TARGET] [SECONDS]: feeds the fuzz targets of that build, or one of them, for so long each (60).
# What a run learns stays in BUILD_FOLDER/corpus, and the next one begins with it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '%s\n' "$*" >&2; }
fail() { say "fuzz: $*"; exit 1; }

build=$1
shift
target='' seconds=60
if [[ $# -gt 0 && ! $1 =~ ^[0-9]+$ ]]; then
    target=$1
    shift
fi
if (($#)); then seconds=$1; fi
if [[ ! $seconds =~ ^[1-9][0-9]*$ || $# -gt 1 ]]; then fail "it takes a target and seconds, or one of them, or nothing"; fi
mapfile -t targets < <(cd tests/fuzz/corpus && printf '%s\n' *)
if [[ -n $target ]]; then
    [[ -d tests/fuzz/corpus/$target ]] || fail "no fuzz target '$target'; there are ${targets[*]}"
    targets=("$target")
fi

# fuzz_one TARGET FINDS CORPUS: prints libFuzzer's last lines, those of a find among them
fuzz_one() {
    local dictionary=tests/fuzz/dictionaries/$1 options=() log=$build/$1.log status=0
    if [[ -e $dictionary ]]; then options+=(-dict="$dictionary"); fi
    UBSAN_OPTIONS=print_stacktrace=1 "$build/bin/fuzz_$1" -max_total_time="$seconds" -artifact_prefix="$2/" -timeout=10 \
        -rss_limit_mb=2048 -max_len=24576 -print_final_stats=1 "${options[@]}" "$3" "tests/fuzz/corpus/$1" \
        > "$log" 2>&1 || status=$?
    if ((status != 0)); then
        grep -v '^#[0-9]*[[:space:]]' "$log" >&2
    else
        awk '/DONE/ { done = $0 } /^stat::number_of_executed|^stat::peak/ { print } END { print done }' "$log" >&2
    fi
    return "$status"
}

status=0
for each in "${targets[@]}"; do
    found=tests/fuzz/found/$each
    corpus=$build/corpus/$each
    mkdir -p "$found" "$corpus"
    say "Fuzzing $each for $seconds seconds"
    fuzz_one "$each" "$found" "$corpus" || status=1
    rmdir --ignore-fail-on-non-empty "$found" tests/fuzz/found
done
if ((status != 0)); then
    say "fuzz: what broke it lies under tests/fuzz/found: mend it, and move the file to tests/fuzz/corpus"
fi
exit "$status"
