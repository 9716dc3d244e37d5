#!/usr/bin/env bash
# Compresses a text classifier by every solver to several sizes, with and without training, and prints the accuracy
# on a test set that nothing was chosen on.
#   benchmarks/quality.sh MODEL DATA TOKENIZER [ROWS]
# DATA holds train.tsv, dev.tsv and test.tsv with columns for the text and "label". ROWS, separated by
# commas: measured, half, drop, solvers at uniform ranks (svd, fisher, activation-aware, snmf, nmf, random), and one epoch
# of training after it: recovered, recovered-measured, recovered-unlabelled, recovered-half, recovered-quarter; linformer,
# with and without; all factors without training by default, which takes about half an hour on two cores.
set -euo pipefail
cd "$(dirname "$0")/.."
. benchmarks/child-environment
java=${JAVA_HOME:?set JAVA_HOME to a JDK 25}/bin/java
rows=${4:-measured,half,drop,svd,fisher,activation-aware,snmf,nmf,random}
"$java" --enable-native-access=ALL-UNNAMED -cp "$(echo engine/target/engine-*.jar):engine/target/lib/*" \
  benchmarks/Quality.java "$(realpath "$1")" "$(realpath "$2")" "$(realpath "$3")" "$rows" 2>/dev/null
