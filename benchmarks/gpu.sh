#!/usr/bin/env bash
# Trains a compressed classifier on the CPU and on a GPU, and prints time and accuracy of both; then the
# step time in fp32 and bf16, and PyTorch's own where a Python with torch and transformers is at hand.
# Needs an NVIDIA GPU with CUDA 13 and cuDNN 9 on LD_LIBRARY_PATH. NOT YET RUN: no such machine was at hand.
#   benchmarks/gpu.sh MODEL_DIRECTORY DATA
# MODEL_DIRECTORY holds model.onnx and tokenizer.json, DATA train.tsv and dev.tsv with a column "label".
set -euo pipefail
model=$(realpath "$1")
data=$(realpath "$2")
cd "$(dirname "$0")/.."
./mvnw -q -Pgpu -DskipTests package
mkdir -p target && touch target/built
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for device in cpu cuda; do
  began=$(date +%s)
  ./greenformers compress "$model/model.onnx" --out "$work/$device" --quiet --size-ratio 0.5 \
    --train "$data/train.tsv" --evaluation "$data/dev.tsv" --tokenizer "$model/tokenizer.json" \
    --max-length 64 --label-column label --recover --device "$device"
  echo "$device: $(($(date +%s) - began)) s in all"
  ./greenformers report show "$work/$device/report.json"
done
nvidia-smi --query-gpu=name,memory.used --format=csv,noheader || true
MODEL="$model" benchmarks/train-step.sh device
python3 - "$model" <<'PYTHON' || echo "PyTorch: no Python with torch and transformers here"
import statistics, sys, time
import torch
from transformers import AutoConfig, AutoModelForSequenceClassification
config = AutoConfig.from_pretrained("nreimers/MiniLM-L6-H384-uncased")
model = AutoModelForSequenceClassification.from_config(config).cuda().eval()
optimizer = torch.optim.AdamW(model.parameters(), 1e-5)
ids = torch.randint(30000, (8, 64)).cuda()
labels = torch.randint(2, (8,)).cuda()
for kind in (torch.float32, torch.bfloat16):
    times = []
    for step in range(110):
        torch.cuda.synchronize(); began = time.perf_counter()
        with torch.autocast("cuda", kind, enabled=kind != torch.float32):
            loss = model(input_ids=ids, labels=labels).loss
        optimizer.zero_grad(); loss.backward(); optimizer.step()
        torch.cuda.synchronize(); times.append(time.perf_counter() - began)
    print(f"PyTorch eager, {kind}: {1000 * statistics.median(times[10:]):.1f} ms a step")
PYTHON
