#!/usr/bin/env bash
# Reads a model of BERT-base shapes (48 x 768^2, 24 x 768x3072), factorizes every site at rank 256 and
# writes it, three times, and prints the time of each part and the peak memory.
#   benchmarks/factorize-speed.sh                    generates the model (DECAY=0: Gaussian, flat spectra)
#   benchmarks/factorize-speed.sh MODEL [RANK]       the truncation error of every site of MODEL, against the
#                                                    optimum of the exact fp64 decomposition, and the worst
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/child-environment
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
classpath="$(echo core/target/core-*.jar):engine/target/lib/*"
"${java}c" -d "$work" -cp "$classpath" benchmarks/FactorizeSpeed.java
# archives of classes hold those of jars only
"${JAVA_HOME}/bin/jar" --create --file "$work/benchmark.jar" -C "$work" .
program=("$java" --enable-native-access=ALL-UNNAMED -cp "$work/benchmark.jar:$classpath")

if [ $# -gt 0 ]; then
  "${program[@]}" FactorizeSpeed check "$@"
  exit
fi
"${program[@]}" -Xmx2g FactorizeSpeed generate "$work/model.onnx" "${DECAY:-0}"
# the flags of an engine child, its archive of classes included, which the first run makes
child=("${program[@]}" -Xlog:disable -Xmx128m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
  -XX:+AutoCreateSharedArchive "-XX:SharedArchiveFile=$work/classes.jsa")
"${child[@]}" FactorizeSpeed run "$work/model.onnx" 256 > "$work/first" 2>&1
for _ in 1 2 3; do
  "${child[@]}" FactorizeSpeed run "$work/model.onnx" 256
done
echo "quoted, not measured here: greenformer's SVD solver 17.1 s, PyTorch's exact SVD of the same matrices 8.1 s"
