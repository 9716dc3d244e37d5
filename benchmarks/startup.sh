#!/usr/bin/env bash
# Times from the start of a process until it is ready: the service (readiness is UP, on an H2 that is there already)
# without an archive of classes, with the one that the launcher makes, and with an AOT cache as images have it; and
# an engine child (its first word of progress), without a cache and with a prepared one.
#   benchmarks/startup.sh [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/child-environment
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ci/image-files worker "$work"
home=$work/opt/greenformers
ci/aot-cache "$java" "$home"
echo "AOT cache: $(stat -c %s "$home/service.aot") bytes"
"$java" -cp "$home/engine/target/*:$home/engine/target/lib/*" benchmarks/Startup.java "$home" "$work/data" \
  engine/src/test/resources/bert/model.onnx "${1:-7}"
