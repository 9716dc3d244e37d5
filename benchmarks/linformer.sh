#!/usr/bin/env bash
# Times a model with Linformer attention against itself, at lengths and projected lengths; not trained.
#   benchmarks/linformer.sh MODEL [LENGTHS, by commas] [PROJECTED LENGTHS, by commas] [BATCH SIZES, by commas]
set -euo pipefail
cd "$(dirname "$0")/.."
model=$(realpath "$1") lengths=${2:-128,256,512} batches=${4:-1,4}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for projected in $(tr , ' ' <<<"${3:-32,64,128}"); do
  echo "projected length $projected"
  ./greenformers compress "$model" --out "$work/$projected" --quiet --method linformer --no-never-slower \
    --projected-length "$projected" --batch-sizes "$batches" --sequence-lengths "$lengths" |
    grep -E 'p50|fidelity|parity'
done
