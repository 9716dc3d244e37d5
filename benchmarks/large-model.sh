#!/usr/bin/env bash
# Compresses a model with 3 GB of external data through a service with 512 MB of heap whose children
# have 1 GB, and prints the peak memory of both.   benchmarks/large-model.sh [GIGABYTES] [WIDTH]
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/child-environment
gigabytes=${1:-3} width=${2:-1024}
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
work=$(mktemp -d)
trap 'kill "$service" 2>/dev/null; wait; rm -rf "$work"' EXIT

"$java" -cp "$(echo core/target/core-*.jar):engine/target/lib/*" benchmarks/LargeModel.java "$work/model" "$width" "$gigabytes"
"$java" -Xmx512m -jar service/target/service-*.jar --greenformers.home="$PWD" \
  --greenformers.data="$work/data" --greenformers.engine.heap=1GB \
  --server.port=0 --greenformers.port-file="$work/port" >"$work/service.log" 2>&1 &
service=$!
while [ ! -f "$work/port" ]; do sleep 0.2; done

rss() { awk '/VmHWM/ {print $2}' "/proc/$1/status" 2>/dev/null || echo 0; }
(
  peak=0
  while kill -0 $service 2>/dev/null; do
    for child in $(pgrep -P $service || true); do
      now=$(awk '/RssAnon/ {print $2}' "/proc/$child/status" 2>/dev/null || echo 0)
      [ "${now:-0}" -gt $peak ] && peak=$now && echo $peak >"$work/child-peak"
    done
    sleep 0.5
  done
) &

time ./greenformers compress "$work/model/model.onnx" --out "$work/out" --rank-policy uniform --ratio 0.5 \
  --batch-sizes 1,8 --sequence-lengths 1 --server "http://127.0.0.1:$(cat "$work/port")"
printf 'service: peak resident %d MB\n' $(($(rss $service) / 1024))
printf 'largest child: peak anonymous memory %d MB (mapped files not counted)\n' $(($(cat "$work/child-peak") / 1024))
ls -l "$work/out"
