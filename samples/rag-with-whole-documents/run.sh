#!/usr/bin/env bash
# Asks questions about a directory of texts, once from five snippets and once from whole documents.
#
#   samples/rag-with-whole-documents/run.sh [OPTION...] [QUESTION]
#
# Without a QUESTION those of questions.jsonl are asked; that takes most of an hour on two cores. With --help it lists its options.
# The model, the documents (chapters of *Alice's Adventures in Wonderland*, scenes of *As You Like It*) and heads are the demo's
# unless --model, --documents and --heads name yours.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
model=${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}

mvn -q -B -f "$root" -pl langchain4j-locret -am install -DskipTests -Dmaven.javadoc.skip=true -Dcyclonedx.skip=true -Dspotless.check.skip=true
mvn -q -B -f "$here" compile org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath -Dmdep.outputFile="$here/target/classpath"

arguments=("$@")
given() { printf '%s\n' "${arguments[@]}" | grep -qE -- "^$1(=|$)"; }
defaults=()
if ! given --model; then
    defaults+=(--model "$model")
    given --heads || defaults+=(--heads "$root/samples/models/smollm2-135m-instruct.safetensors")
fi
if ! given --documents; then
    "$here/fetch.sh" "$cache/demo/documents"
    defaults+=(--documents "$cache/demo/documents")
fi
if (($# == 0)); then
    defaults+=(--questions "$here/questions.jsonl" --output "$here/target/answers")
fi
exec java --add-modules jdk.incubator.vector -cp "$here/target/classes:$(<"$here/target/classpath")" \
    dev.locret.samples.rag.RagApplication "${defaults[@]}" "$@"
