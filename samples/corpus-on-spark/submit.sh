#!/usr/bin/env bash
# What `spark-submit` of an installed Spark does, with the Spark that Maven put into target/spark. Its arguments are the program's.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# Without an address of its own, Spark looks for that of the host's name, which containers often do not have.
export SPARK_HOME=$here/target/spark SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=${SPARK_LOCAL_IP:-127.0.0.1}
exec java "@$here/driver.options" -cp "$SPARK_HOME/jars/*" org.apache.spark.deploy.SparkSubmit \
    --master "${SPARK_MASTER:-local-cluster[2,1,1024]}" --conf spark.ui.enabled=false --conf spark.log.level=WARN \
    --class dev.locret.samples.corpus.CorpusApplication "$here/target/corpus-on-spark-0.1.0-SNAPSHOT-all.jar" "$@"
