#!/usr/bin/env bash
# Checks and measures a graphics card, and writes all of it into one JSON file to send to us.
#
#   samples/gpu-check/run.sh [MODEL HEADS]
#
# Without a model (GGUF file, safetensors directory or hf: source) and its retaining heads, one of the shapes of
# Llama-3.1-8B is made with random weights: 16 GB in ${XDG_CACHE_HOME:-~/.cache}/locret/gpu-check, which can be deleted
# afterwards. Its speed is that of a real one; whether a pass key is found is told by a trained model only.
#
# SIZE=8b|1b|tiny   of the made model             LENGTHS=2048,32768,131072   prompts to measure
# BUDGET, CHUNK     of the cache (16384, 1024)    ONLY=NAME                    check only such operations
# DEVICE=N          number of the card            OUT=FILE                     default: gpu-check.json
# LOCRET=COMMAND    instead of building           JAVA=COMMAND                 for making the model
set -uo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret/gpu-check
size=${SIZE:-8b}
lengths=${LENGTHS:-2048,32768,131072}
device=${DEVICE:-0}
out=${OUT:-gpu-check.json}
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/}java}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ -z ${LOCRET:-} ]]; then
    LOCRET=$root/langchain4j-locret/bin/locret
    (cd "$root" && mvn -q -B -DskipTests package -pl langchain4j-locret) || exit 1
fi

# The last line of JSON that a command prints, or null.
result() {
    tail -n 1 "$1" | grep '^{' || echo null
}

echo "Checking every operation against the CPU (some minutes)" >&2
"$LOCRET" doctor --device "$device" ${ONLY:+--only "$ONLY"} --json >"$work/doctor"
doctor=$?
if [[ $doctor == 3 ]]; then
    "$LOCRET" doctor --device "$device"
    exit 3
fi

model=${1:-}
heads=${2:-}
name=${1:-random weights, $size}
name=${name//[\"\\]/}
if [[ -z $model ]]; then
    model=$cache/$size
    heads=$cache/$size/heads.safetensors
    if [[ ! -f $model/config.json ]]; then
        echo "Making a model of size $size with random weights in $model" >&2
        "$java" "$root/samples/gpu-check/GenerateModel.java" "$model" "$size" || exit 1
    fi
fi
run=(--model "$model" --device "cuda:$device" --chunk-size "${CHUNK:-1024}" --kv-cache-type f16)
if [[ -n $heads ]]; then
    run+=(--heads "$heads")
fi

echo "Measuring" >&2
"$LOCRET" bench "${run[@]}" --budget "${BUDGET:-16384}" --prompt-tokens "$lengths" --repeat "${REPEAT:-3}" --json >"$work/bench"
bench=$?

passkey=null
if [[ -n ${1:-} ]]; then
    echo "Looking for a pass key in ${lengths##*,} tokens" >&2
    "$LOCRET" eval "${run[@]}" --budget "${BUDGET:-16384}" --task passkey --length "${lengths##*,}" --samples 3 \
        --without-full --output "$work/eval" --json >"$work/passkey"
    passkey=$(result "$work/passkey")
fi

printf '{"doctor": %s, "bench": %s, "passkey": %s, "model": "%s"}\n' "$(result "$work/doctor")" \
    "$(result "$work/bench")" "$passkey" "$name" >"$out"
echo "Written: $out" >&2
if [[ $doctor != 0 || $bench != 0 ]]; then
    echo "Something failed; the messages are above and in $out" >&2
    exit 1
fi
