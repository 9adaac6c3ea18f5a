#!/usr/bin/env bash
# Builds the project and runs one of the programs beside this script.
#
#   samples/langchain4j/run.sh NAME MODEL [ARGUMENT...]      for example: run.sh Chat model.gguf
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
(($# >= 2)) || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
name=$1
shift

module=$root/langchain4j-locret
mvn -q -B -f "$root" -pl langchain4j-locret compile dependency:build-classpath -Dspotless.check.skip=true \
    -Dmdep.outputFile="$module/target/samples.classpath" -Dmdep.includeScope=test
exec java --add-modules jdk.incubator.vector -cp "$module/target/classes:$(<"$module/target/samples.classpath")" \
    "$root/samples/langchain4j/$name.java" "$@"
