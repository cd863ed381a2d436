#!/bin/sh
# Trains for SECONDS on all GPUs, and starts again from the last checkpoint where a run breaks (from the third try without
# compilation). Usage: launch.sh DATA OUT SECONDS GPUS [arguments of train.py]
data=$1 out=$2 seconds=$3 gpus=$4
shift 4
here=$(dirname "$0")
until=$(($(date +%s) + seconds))
mkdir -p "$out"
for try in 1 2 3 4 5; do
  [ -f "$out/finished" ] && break
  [ "$(date +%s)" -ge "$until" ] && break
  [ $try -ge 3 ] && extra=--no-compile
  torchrun --standalone --nproc_per_node="$gpus" "$here/train.py" --data "$data" --out "$out" --seconds "$seconds" \
    --until "$until" --resume $extra "$@" >>"$out/console.txt" 2>&1
  echo "try $try ended with status $?" >>"$out/console.txt"
done
