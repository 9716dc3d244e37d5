#!/usr/bin/env bash
# Compresses small transformers uniformly, with and without the rule that no site may get slower, and
# prints compressed / original latency at each shape (medians of runs in turn, in one process).
#   benchmarks/never-slower.sh [RATIO] [MODEL.onnx…]
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/child-environment
ratio=${1:-0.5}
shift || true
[ $# -gt 0 ] || set -- ../shared/zoo/*/model.onnx ../shared/models/sst2-minilm/model.onnx
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
"$java" -Xmx2g -Djava.io.tmpdir="$work" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "$(echo engine/target/engine-*.jar):engine/target/lib/*" benchmarks/NeverSlower.java "$ratio" "$@"
