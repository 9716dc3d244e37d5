#!/usr/bin/env bash
# Prints bytes, accuracy and latency of a classifier whose weights are stored as fp16 and int8, dense and
# factorized.   benchmarks/storage.sh [RATIO of the linears' weights]
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/child-environment
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
model=${MODEL:-../shared/models/sst2-minilm} dev=${DEV:-../shared/data/sst2/dev.tsv}
export RUST_FLAVOR=cpu
"$java" -Xmx2g -Djava.io.tmpdir="$work" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "$(echo engine/target/engine-*.jar):engine/target/lib/*" benchmarks/Storage.java \
  "$model/model.onnx" "$model/tokenizer.json" "$dev" "${1:-0.7}"
