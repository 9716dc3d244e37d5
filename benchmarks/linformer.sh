#!/usr/bin/env bash
# Times a model with Linformer attention against itself, at lengths and projected lengths; not trained.
#   benchmarks/linformer.sh MODEL [LENGTHS, by commas] [PROJECTED LENGTHS, by commas] [BATCH SIZES, by commas]
# MODEL may be "generated": two layers of BERT-base's shapes with random weights, for up to 4,096 tokens.
set -euo pipefail
cd "$(dirname "$0")/.."
lengths=${2:-128,256,512} batches=${4:-1,4}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
model=$1
if [ "$model" = generated ]; then
  model=$work/generated.onnx
  "${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java" --sun-misc-unsafe-memory-access=allow \
    -cp "$(echo core/target/core-*.jar):engine/target/lib/*" benchmarks/BertModel.java "$model" 2 4096
fi
for projected in $(tr , ' ' <<<"${3:-32,64,128}"); do
  echo "projected length $projected"
  ./greenformers compress "$model" --out "$work/$projected" --quiet --method linformer --no-never-slower \
    --projected-length "$projected" --batch-sizes "$batches" --sequence-lengths "$lengths" |
    grep -E 'p50|fidelity|parity'
done
