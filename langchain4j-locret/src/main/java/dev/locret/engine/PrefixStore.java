package dev.locret.engine;

import dev.locret.backend.Backend;
import dev.locret.cache.CachePlan;
import dev.locret.cache.CacheSnapshot;
import dev.locret.cache.KvCache;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * Caches as they were after some chunk of a prompt, for later prompts that begin with the same tokens.
 *
 * <p>A prompt is read as chunks of {@code B} from its first token up to its local part, so two prompts that share their
 * first {@code p = k · B} tokens pass through the same states up to there, as long as chunk {@code k} is not the final
 * one of either: after the final chunk no stabilizers are forced. Only such states are kept and taken, which is why an
 * answer is the same with and without them.
 */
final class PrefixStore {
    /** Snapshots that the reading of one prompt leaves at most. */
    static final int SNAPSHOTS_PER_READ = 3;

    /**
     * What the state after some tokens depends on beside them; all else is fixed when a model is loaded.
     *
     * @param context hash of the context that the tokens follow, empty for none
     * @param policy name of the policy that read them
     * @param plan sizes of the cache that they were read with
     * @param longText whether they were read as part of a text beyond the model's original window
     */
    record Key(String context, String policy, CachePlan plan, boolean longText) {}

    private record Id(Key key, int length, long hash) {}

    /**
     * A state.
     *
     * @param tokens a prompt that began with the tokens read
     * @param length how many of them were read
     */
    record Prefix(int[] tokens, int length, CacheSnapshot snapshot) {
        boolean begins(int[] prompt) {
            return Arrays.equals(tokens, 0, length, prompt, 0, length);
        }
    }

    private final SnapshotMemory memory;
    private final CachePlan plan;

    PrefixStore(SnapshotMemory memory, CachePlan plan) {
        this.memory = memory;
        this.plan = plan;
    }

    /**
     * The longest kept state that a prompt passes through, or null.
     *
     * @param localBegin first token of the prompt's local part
     */
    Prefix find(Key key, int[] prompt, int localBegin) {
        long[] hashes = hashes(prompt, localBegin);
        for (int i = hashes.length - 1; i >= 0; i--) {
            int length = (i + 1) * plan.chunkSize();
            if (memory.get(new Id(key, length, hashes[i])) instanceof Prefix prefix && prefix.begins(prompt)) {
                return prefix;
            }
        }
        return null;
    }

    /** A hash of the tokens up to each border before {@code localBegin}. */
    private long[] hashes(int[] prompt, int localBegin) {
        long[] hashes = new long[memory.capacity() == 0 ? 0 : chunksBefore(localBegin)];
        for (int i = 0; i < hashes.length; i++) {
            long hash = i == 0 ? 0 : hashes[i - 1];
            for (int at = i * plan.chunkSize(); at < (i + 1) * plan.chunkSize(); at++) {
                hash = (hash + prompt[at] + 1) * 0x9E3779B97F4A7C15L;
            }
            hashes[i] = hash;
        }
        return hashes;
    }

    /** Chunks that end before {@code localBegin}: none of them is the final one. */
    private int chunksBefore(int localBegin) {
        return Math.max(0, localBegin - 1) / plan.chunkSize();
    }

    /**
     * Where the reading of a prompt leaves snapshots: at the last state that a longer prompt passes through as well, then
     * at those before the last messages, then ever further back, so that a prompt that differs near its end finds one.
     *
     * @param messageBorders tokens at which messages begin
     * @param begin tokens that are not read again
     */
    TreeSet<Integer> borders(int localBegin, int[] messageBorders, int begin) {
        TreeSet<Integer> borders = new TreeSet<>();
        int last = chunksBefore(localBegin);
        if (memory.capacity() == 0 || last == 0) {
            return borders;
        }
        borders.add(last);
        int[] sorted = messageBorders.clone();
        Arrays.sort(sorted);
        for (int i = sorted.length - 1; i >= 0 && borders.size() < SNAPSHOTS_PER_READ; i--) {
            borders.add(Math.min(last, Math.max(0, sorted[i]) / plan.chunkSize()));
        }
        for (int back = 1; back < last && borders.size() < SNAPSHOTS_PER_READ; back = 2 * back + 1) {
            borders.add(last - back);
        }
        TreeSet<Integer> tokens = new TreeSet<>();
        borders.forEach(chunk -> tokens.add(chunk * plan.chunkSize()));
        return new TreeSet<>(tokens.tailSet(begin, false));
    }

    /** Keeps the state of {@code cache} after the first {@code length} tokens of {@code prompt}. */
    void keep(Key key, int[] prompt, int length, Backend backend, KvCache cache) {
        long bytes = Math.addExact(CacheSnapshot.bytes(cache), 4L * length);
        long[] hashes = hashes(prompt, length + 1);
        Id id = new Id(key, length, hashes[hashes.length - 1]);
        if (memory.get(id) == null && memory.makeRoom(bytes)) {
            Prefix prefix = new Prefix(prompt, length, CacheSnapshot.take(backend, cache));
            memory.put(id, prefix, bytes, false);
        }
    }
}
