#!/usr/bin/env bash
# Times dense against low-rank on BERT-base's shapes, interleaved in one process; needs 4 GB of
# memory, 2 GB of disk and a built engine.
#   benchmarks/bert-latency.sh [RATIO OF LINEAR WEIGHTS KEPT] [RUNS] [LAYERS]
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/child-environment
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$java" -Xmx2g --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "$(echo engine/target/engine-*.jar):engine/target/lib/*" benchmarks/BertLatency.java \
  "$work" "${1:-0.36}" "${2:-41}" "${3:-12}"
