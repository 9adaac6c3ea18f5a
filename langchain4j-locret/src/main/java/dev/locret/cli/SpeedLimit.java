package dev.locret.cli;

import dev.locret.backend.DeviceSpeed;
import dev.locret.cache.CachePlan;
import dev.locret.engine.LocretEngine;
import dev.locret.engine.MemoryPlan;
import dev.locret.format.ModelConfig;

/**
 * What no program can exceed on a device, from what its memory and its matrix units reach and the work that a prompt is.
 * Only products and reads that cannot be left out are counted: linear layers, attention, weights and cache.
 *
 * @param promptTokens tokens of the prompt
 * @param prefillTokensPerSecond if all products of the prompt ran at the device's speed
 * @param decodeTokensPerSecond if weights and cache were read at the memory's speed
 */
record SpeedLimit(int promptTokens, double prefillTokensPerSecond, double decodeTokensPerSecond) {
    static SpeedLimit of(LocretEngine engine, DeviceSpeed speed, int promptTokens) {
        return of(engine.config(), engine.cachePlan(), weightBytes(engine.memoryPlan()), speed, promptTokens);
    }

    private static long weightBytes(MemoryPlan plan) {
        return plan.parts().stream()
                .filter(part -> part.name().equals("weights"))
                .mapToLong(MemoryPlan.Part::bytes)
                .sum();
    }

    static SpeedLimit of(ModelConfig config, CachePlan cache, long weightBytes, DeviceSpeed speed, int promptTokens) {
        double operations = promptTokens * 2.0 * layerParameters(config) + attention(config, cache, promptTokens);
        double kept = Math.min(promptTokens, cache.budget() + cache.localTokens());
        double cacheBytes =
                2 * kept * config.layers() * config.kvHeads() * cache.type().rowBytes(config.headDim());
        double read = weightBytes * readShare(config) + cacheBytes;
        return new SpeedLimit(
                promptTokens, promptTokens * speed.operationsPerSecond() / operations, speed.bytesPerSecond() / read);
    }

    /** Weights that every token is multiplied with, but for the output matrix. */
    private static double layerParameters(ModelConfig config) {
        double attention = (2.0 * config.heads() + 2 * config.kvHeads()) * config.headDim();
        return config.layers() * config.hiddenSize() * (attention + 3.0 * config.feedForwardSize());
    }

    /** Operations of logits and of sums of values, chunk by chunk. */
    private static double attention(ModelConfig config, CachePlan cache, int promptTokens) {
        double pairs = 0;
        for (long begin = 0; begin < promptTokens; begin += cache.chunkSize()) {
            double tokens = Math.min(cache.chunkSize(), promptTokens - begin);
            pairs += tokens * (Math.min(begin, cache.budget()) + (tokens + 1) / 2);
        }
        return 4.0 * pairs * config.layers() * config.heads() * config.headDim();
    }

    /** Share of the weights that a decode step reads: of a table of embeddings it needs a row. */
    private static double readShare(ModelConfig config) {
        double table = (double) config.vocabularySize() * config.hiddenSize();
        double read = layerParameters(config) + table;
        return config.tiedEmbeddings() ? 1 : read / (read + table);
    }
}
