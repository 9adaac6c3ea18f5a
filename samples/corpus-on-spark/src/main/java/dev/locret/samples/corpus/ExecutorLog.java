package dev.locret.samples.corpus;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;

/** Which executors were lost and when, for the driver to tell. */
final class ExecutorLog extends SparkListener {
    private final Map<String, Long> lost = new LinkedHashMap<>();

    @Override
    public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved event) {
        lost.put(event.executorId(), event.time());
    }

    /** Milliseconds since 1970 by executor. */
    synchronized Map<String, Long> lost() {
        return new LinkedHashMap<>(lost);
    }
}
