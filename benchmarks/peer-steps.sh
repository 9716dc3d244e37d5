#!/usr/bin/env bash
# Steps per second of the recover stage with 1 and with several processes on this machine, taking turns: a
# classifier of 6 layers, half of its linears' weights kept, all weights training, batches of 32 texts.
#   benchmarks/peer-steps.sh [PROCESSES] [ROUNDS] [SECONDS each] [cpu|cuda]
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/child-environment
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
model=$(realpath "${MODEL:-../shared/models/sst2-minilm}")
texts=$(realpath "${TEXTS:-../shared/data/sst2/train.tsv}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$java" -Djava.io.tmpdir="$work" --enable-native-access=ALL-UNNAMED \
  -cp "${ENGINE:-$(echo engine/target/engine-*.jar):engine/target/lib/*}" benchmarks/PeerSteps.java \
  "$model/model.onnx" "$model/tokenizer.json" "$texts" "${1:-2}" "${2:-3}" "${3:-60}" "${4:-cpu}" 2>"$work/log" ||
  { tail -20 "$work/log" >&2; exit 1; }
