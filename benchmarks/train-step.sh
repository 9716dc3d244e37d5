#!/usr/bin/env bash
# Times training steps (forward, loss, backward, AdamW) of a classifier of 6 layers, batch 8 × 64 tokens,
# all weights training, fp32: the plain interpreter of the graph against fused patterns, taking turns.
#   benchmarks/train-step.sh [ROUNDS of ten steps each]
#   benchmarks/train-step.sh memory [STEPS]       resident size after 100 and after STEPS steps
#   benchmarks/train-step.sh device [ROUNDS]      fp32 against bf16, on a GPU with a build of the profile gpu
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/child-environment
export MALLOC_ARENA_MAX=1 GLIBC_TUNABLES=glibc.malloc.hugetlb=1
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
model=${MODEL:-../shared/models/sst2-minilm}
case ${1:-5} in
  memory) arguments=(memory "${2:-1000}") ;;
  device) arguments=(device "${2:-9}") ;;
  *) arguments=("${1:-5}") ;;
esac
"$java" -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmn8m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 \
  -cp "$(echo engine/target/engine-*.jar):engine/target/lib/*" benchmarks/TrainStep.java "$model" "${arguments[@]}"
