package dev.locret.engine;

import dev.locret.backend.Backend;
import dev.locret.backend.Matrix;
import dev.locret.cache.KvCache;
import dev.locret.engine.TraceResult.Chunk;
import java.util.ArrayList;
import java.util.List;

/** Records what a trace shows. */
final class TraceRecorder implements Probe {
    private final boolean wantsLogits;
    private final List<Chunk> chunks = new ArrayList<>();
    private float[] logits;

    TraceRecorder(boolean wantsLogits) {
        this.wantsLogits = wantsLogits;
    }

    @Override
    public void chunkRead(Backend backend, Session session, int begin, boolean local) {
        if (!local) {
            chunks.add(new Chunk(begin, session.promptTokensRead(), kept(backend, session.cache())));
        }
    }

    private static int[][][] kept(Backend backend, KvCache cache) {
        int[][][] kept = new int[cache.layers()][][];
        for (int layer = 0; layer < kept.length; layer++) {
            kept[layer] = new int[cache.layer(layer).kvHeads()][];
            for (int head = 0; head < kept[layer].length; head++) {
                kept[layer][head] = backend.downloadPositions(cache.layer(layer), head);
            }
        }
        return kept;
    }

    @Override
    public void promptRead(Backend backend, Matrix promptLogits) {
        if (wantsLogits) {
            logits = backend.download(promptLogits, 1);
        }
    }

    TraceResult result(int[] generated) {
        return new TraceResult(List.copyOf(chunks), generated, logits);
    }
}
