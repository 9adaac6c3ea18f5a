#!/usr/bin/env bash
# Measures `locret bench` beside llama.cpp, in turns, on an idle machine: one row a line, ours and theirs.
#
#   samples/benchmark/run.sh [PROMPT_TOKENS…]        default: 512 2048 8192
#
# Builds llama-cpp-python 0.3.36 for this processor into ${XDG_CACHE_HOME:-~/.cache}/locret/llama-cpp: minutes, once.
# Needs g++; run samples/ask-a-book/run.sh before, which builds the project and fetches the model.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
model=${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}
python=$cache/llama-cpp/bin/python
repeat=${REPEAT:-3}

build_peer() {
    CMAKE_ARGS="-DGGML_NATIVE=ON $1" "$cache/llama-cpp/bin/pip" install -q --force-reinstall --no-cache-dir llama-cpp-python==0.3.36
}

peer() {
    "$python" "$root/samples/benchmark/llama_cpp_bench.py" "$model" --repeat "$repeat" "$@" 2>"$cache/llama-cpp/errors.txt" ||
        { echo "llama.cpp failed, see $cache/llama-cpp/errors.txt" >&2; return 1; }
}

if [[ ! -x $python ]]; then
    python3 -m venv "$cache/llama-cpp"
    build_peer ""
fi
# On some virtual machines the AMX code of llama.cpp ends with a general protection fault.
if ! peer --prompt-tokens 512 --output-tokens 8 --repeat 1 >/dev/null 2>&1; then
    echo "llama.cpp crashes as built for this processor: building it without AMX" >&2
    without="-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
    build_peer "-DCMAKE_C_FLAGS='$without' -DCMAKE_CXX_FLAGS='$without'"
fi

ours() {
    "$root/langchain4j-locret/bin/locret" bench --model "$model" \
        --heads "$root/samples/models/smollm2-135m-instruct.safetensors" --budget 1024 --chunk-size 512 \
        --output-tokens 64 --repeat "$repeat" --json "$@" 2>/dev/null
}

for tokens in "${@:-512 2048 8192}"; do
    for size in $tokens; do
        row=$(ours --prompt-tokens "$size" | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["rows"][0]))')
        echo "locret            $row"
        row=$(peer --prompt-tokens "$size")
        echo "llama.cpp         $row"
        row=$(peer --prompt-tokens "$size" --requantize q4_0)
        echo "llama.cpp, Q4_0   $row"
    done
done
