#!/usr/bin/env bash
# Compresses a model with 6 GB of external data within 1 GB of heap and 4 GB of memory in all, killed
# with kill -9 when half of its sites are finished, and started again; prints the peak memory of the
# engine children, and how much was done again.   benchmarks/beyond-memory.sh [GIGABYTES] [WIDTH]
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/child-environment
gigabytes=${1:-6} width=${2:-2048}
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$work"' EXIT

"$java" -cp "$(echo core/target/core-*.jar):engine/target/lib/*" benchmarks/LargeModel.java "$work/model" "$width" "$gigabytes"
sites=$(./greenformers inspect "$work/model/model.onnx" --json | grep -c '"breakEvenRank"')

launcher=0
compress() {
  ./greenformers compress "$work/model/model.onnx" --out "$work/out" --rank-policy uniform \
    --ratio 0.25 --memory 4GB >"$work/table" 2>>"$work/log" &
  launcher=$!
}
watch() {
  now=$(awk '/VmHWM/ {print $2}' "/proc/$(pgrep -P $launcher | head -1)/status" 2>/dev/null || true)
  if [ "${now:-0}" -gt $peak ]; then peak=$now; fi
  sleep 0.2
}
finished() { find "$work/out/.work" -name '*.site' 2>/dev/null | wc -l; }

peak=0 start=$(date +%s)
compress
while [ "$(finished)" -lt $((sites / 2)) ] && kill -0 $launcher 2>/dev/null; do watch; done
pkill -9 -P $launcher
kill -9 $launcher
wait $launcher || true
echo "killed after $(($(date +%s) - start)) s with $(finished) of $sites sites finished"
start=$(date +%s)
compress
while kill -0 $launcher 2>/dev/null; do watch; done
wait $launcher
echo "then done after $(($(date +%s) - start)) s"
grep -a "were finished before" "$work/log" || echo "NOTHING was taken over"
printf 'peak memory of a child: %d MB resident\n' $((peak / 1024))
cat "$work/table"
ls -l "$work/out"
