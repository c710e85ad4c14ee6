#!/bin/sh
# Runs one fuzzer for a while, from the seeds on. Keeps the input that breaks a claim.
set -eu

if [ $# -ne 4 ]; then
    echo "Usage: run.sh FUZZER TARGET SOURCES DIRECTORY

Fuzzes for WSPROTO_FUZZ_SECONDS, 20 unless set, from SOURCES/seeds/TARGET on. The corpus grows in
DIRECTORY/corpus, what is found lies in DIRECTORY/found, the output in DIRECTORY/log." >&2
    exit 2
fi
fuzzer=$1 target=$2 sources=$3 directory=$4
mkdir -p "$directory/corpus" "$directory/found"

export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=1:quarantine_size_mb=64}"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
status=0
"$fuzzer" --target="$target" "$directory/corpus" "$sources/seeds/$target" \
    -dict="$sources/words.dict" -artifact_prefix="$directory/found/" \
    -max_total_time="${WSPROTO_FUZZ_SECONDS:-20}" -timeout=10 -rss_limit_mb=1024 -max_len=1024 \
    -print_final_stats=1 >"$directory/log" 2>&1 || status=$?

if [ $status -ne 0 ]; then
    grep -vE '^#|NEW|REDUCE|pulse' "$directory/log" || true
    echo "$target: found something, kept in $directory/found"
    exit $status
fi
# #1234 DONE   cov: 567 ft: 890 corp: …
done_line=$(grep -E '^#[0-9]+[[:space:]]+DONE' "$directory/log" | tail -n 1)
echo "$done_line" | sed -E "s/^#([0-9]+)[[:space:]]+DONE +cov: ([0-9]+) ft: ([0-9]+) corp: ([0-9]+).*/\
$target: \1 executions, \2 edges, \3 features, \4 inputs in the corpus; nothing found/"
