package dev.locret.engine;

import dev.locret.backend.KvEntries;
import java.util.Arrays;

/**
 * What a context holds.
 *
 * @param tokens token ids of its text, with what the chat template writes in front of it
 * @param kept places in {@code tokens} of the entries that each KV head of each layer kept, ascending:
 *     {@code [layers][KV heads][entries]}
 */
public record ContextContent(int[] tokens, int[][][] kept) {
    static ContextContent of(ReadContext context) {
        int[][][] kept = context.snapshot().layers().stream()
                .map(ContextContent::positions)
                .toArray(int[][][]::new);
        return new ContextContent(context.tokens().clone(), kept);
    }

    private static int[][] positions(KvEntries layer) {
        int[][] heads = new int[layer.lengths().length][];
        for (int head = 0; head < heads.length; head++) {
            int first = layer.first(head);
            heads[head] = Arrays.copyOfRange(layer.positions(), first, first + layer.lengths()[head]);
        }
        return heads;
    }
}
