#!/usr/bin/env bash
# A training on two machines, that is in two network namespaces joined by a veth; run as root on Linux. Says what it came to,
# and the bytes that passed between them.
#   benchmarks/two-machines.sh [PROCESSES each] [SECONDS]
set -euo pipefail
cd "$(dirname "$0")/.."
model=$(realpath "${MODEL:-../shared/models/sst2-minilm}")
texts=$(realpath "${TEXTS:-../shared/data/sst2/train.tsv}")
first=greenformers-1-$$ second=greenformers-2-$$
work=$(mktemp -d)
end() {
  ip netns delete "$first" || true
  ip netns delete "$second" || true
  rm -rf "$work"
}
trap end EXIT
ip netns add "$first"
ip netns add "$second"
ip -n "$first" link add eth0 type veth peer name eth0 netns "$second"
number=0
for machine in "$first" "$second"; do
  number=$((number + 1))
  ip -n "$machine" address add "10.77.0.$number/24" dev eth0
  ip -n "$machine" link set eth0 up
  ip -n "$machine" link set lo up
done

GREENFORMERS_JOIN_KEY=$(openssl rand -hex 32)
export GREENFORMERS_JOIN_KEY
ip netns exec "$first" ./greenformers compress "$model/model.onnx" --out "$work/out" --solver svd \
  --rank-policy uniform --ratio 0.5 --no-never-slower --train "$texts" --tokenizer "$model/tokenizer.json" \
  --label-column label --max-length 64 --max-duration "${2:-60}s" --processes "${1:-1}" --device cpu \
  --batch-sizes 1 --sequence-lengths 32 --machines 2 --listen 10.77.0.1:29500 >"$work/report" 2>"$work/first" &
compression=$!
until grep -q 'greenformers join' "$work/first"; do
  kill -0 "$compression" || { cat "$work/first" >&2; exit 1; }
  sleep 0.2
done
ip netns exec "$second" ./greenformers join 10.77.0.1:29500
wait "$compression" || { cat "$work/first" >&2; exit 1; }
grep -v '^[a-z]* *[0-9]* %' "$work/first"
grep 'recovery:' "$work/report"
ip -n "$first" -s link show eth0
