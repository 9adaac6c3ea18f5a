#!/usr/bin/env bash
# Tests this sample with the demo model, and with a PostgreSQL of its own. Needs what `mvn -B install -DskipTests` of the project installed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
documents=$(mktemp -d)
trap 'rm -rf "$documents"' EXIT
"$here/fetch.sh" "$documents"
# shellcheck disable=SC2016
"$here/../with-postgres.sh" sh -c 'exec mvn -B -f "$1" test -Drag.postgres="$POSTGRES_URL" -Drag.documents="$2" -Drag.model="$3" -Drag.heads="$4"' \
    sh "$here/pom.xml" "$documents" "${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}" \
    "$here/../models/smollm2-135m-instruct.safetensors"
