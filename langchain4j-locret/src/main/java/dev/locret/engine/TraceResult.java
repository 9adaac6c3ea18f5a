package dev.locret.engine;

import java.util.List;

/**
 * What a prompt left in the cache, step by step: how an outsider checks an eviction policy.
 *
 * @param chunks the chunks of the prompt, without its local tokens
 * @param generated token ids decoded greedily, without the end token
 * @param promptLogits logits after the prompt, {@code [vocabulary]}, or null if they were not asked for
 */
public record TraceResult(List<Chunk> chunks, int[] generated, float[] promptLogits) {
    /**
     * A chunk and what the cache held after its eviction.
     *
     * @param begin first token of the chunk
     * @param end the token after its last
     * @param kept positions in the text, ascending, {@code [layers][kvHeads][entries]}
     */
    public record Chunk(int begin, int end, int[][][] kept) {}
}
