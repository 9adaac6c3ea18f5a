package dev.locret.engine;

import dev.locret.backend.KvSlice;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.eviction.EvictionPolicy;
import dev.locret.eviction.Evictor;
import dev.locret.model.Segment;
import java.util.Arrays;

/**
 * One text in one cache: what is to be read, chunk by chunk, then the tokens decoded after it. It decides what the next
 * forward holds and what is evicted after it; whoever owns the decoder runs the forward, so that the segments of
 * several sessions can share one.
 *
 * <p>A prompt of {@code n} tokens is read as chunks of {@code [0, n - n_loc)}, each followed by an eviction, then its
 * local tokens, after which nothing is evicted (paper, section 3.3). Tokens decoded beyond the reserve, and a further
 * prompt, evict back to the budget first.
 */
public final class Session {
    private final KvCache cache;
    private final CachePlan plan;
    private final Evictor evictor;
    private final int[] markedLengths;

    private EvictionPolicy policy;
    private int markedTokens;
    private int[] prompt = {};
    private int read;
    private int localBegin;
    private int pending;

    /**
     * @param plan how much of the cache is used; it may have room for more
     */
    public Session(KvCache cache, CachePlan plan, Evictor evictor, EvictionPolicy policy) {
        this.cache = cache;
        this.plan = plan;
        this.evictor = evictor;
        this.policy = policy;
        this.markedLengths = new int[cache.layers() * cache.layer(0).kvHeads()];
    }

    /**
     * Sets the tokens to read next, after all that the session holds.
     *
     * @param localTokens last tokens that are read after the final eviction, at most the planned ones; 0 if more text
     *     follows later and the question with it
     */
    public void prompt(int[] tokenIds, int localTokens) {
        prompt(tokenIds, localTokens, 0);
    }

    /**
     * As above, for a session that holds the first tokens of the prompt already.
     *
     * @param tokensRead how many: as many as whole chunks have, and fewer than come before the local tokens
     */
    public void prompt(int[] tokenIds, int localTokens, int tokensRead) {
        Checks.check(tokenIds.length > 0, ErrorId.INVALID_PROMPT, () -> "prompt is empty: tokens=0");
        Checks.inRange("local-tokens", localTokens, 0, plan.localTokens());
        Checks.argument(!reading(), () -> "the last prompt is not read yet: read=" + read + " of " + prompt.length);
        int unread = tokenIds.length - tokensRead;
        requireRoom(unread);
        prompt = tokenIds.clone();
        cache.expect(Math.addExact(cache.tokens(), unread));
        read = tokensRead;
        localBegin = Math.max(0, tokenIds.length - localTokens);
        evictor.afterDecoding(cache, policy);
    }

    private void requireRoom(int tokens) {
        Checks.check(
                policy.evicts() || room() > tokens,
                ErrorId.INVALID_PROMPT,
                () -> "prompt does not fit the cache and policy '" + policy.name() + "' drops nothing: tokens="
                        + (cache.longest() + tokens) + ", capacity=" + plan.capacity());
    }

    /** Tokens that fit beside what the cache holds, as if it had been allocated by this plan. */
    private int room() {
        int room = Integer.MAX_VALUE;
        for (int layer = 0; layer < cache.layers(); layer++) {
            KvSlice slice = cache.layer(layer);
            int unused = slice.capacity() - plan.layerBudget(layer, cache.layers()) - plan.beside();
            room = Math.min(room, slice.room() - unused);
        }
        return room;
    }

    /** Whether a part of the prompt is still to be read. */
    public boolean reading() {
        return read < prompt.length;
    }

    /** Tokens of the prompt read so far. */
    public int promptTokensRead() {
        return read;
    }

    public int promptTokens() {
        return prompt.length;
    }

    /** The next chunk of the prompt. */
    public Segment nextChunk() {
        int end = chunkEnd();
        return segment(Arrays.copyOfRange(prompt, read, end), end == prompt.length);
    }

    private int chunkEnd() {
        return Math.min(read + plan.chunkSize(), read < localBegin ? localBegin : prompt.length);
    }

    /**
     * Called when the forward of {@link #nextChunk()} is done: evicts.
     *
     * @return whether the chunk was followed by an eviction, that is not local
     */
    public boolean chunkDone() {
        boolean local = read >= localBegin;
        read = chunkEnd();
        pending = prompt[read - 1];
        if (!local) {
            evictor.afterChunk(cache, policy, read == localBegin);
        }
        return !local;
    }

    /** Sets the token that the next decode step runs. */
    public void accept(int token) {
        Checks.argument(!reading(), () -> "the prompt is not read yet: read=" + read + " of " + prompt.length);
        pending = token;
    }

    /** Whether another token can be decoded: always, unless the policy drops nothing and the cache is full. */
    public boolean canDecode() {
        return policy.evicts() || room() > 0;
    }

    /** The decode step of the accepted token. Evicts back to the budget if the cache is full. */
    public Segment nextStep() {
        if (room() < 1) {
            evictor.afterDecoding(cache, policy);
        }
        return segment(new int[] {pending}, true);
    }

    private Segment segment(int[] tokenIds, boolean logits) {
        return new Segment(cache, tokenIds, policy, plan.scorePooling(), logits);
    }

    /** Entries that each KV head may hold at most. */
    public int capacity() {
        return plan.capacity();
    }

    public KvCache cache() {
        return cache;
    }

    public EvictionPolicy policy() {
        return policy;
    }

    /** Goes on with another policy, which must be able to score entries of tokens that it did not see computed. */
    public void switchPolicy(EvictionPolicy next) {
        policy = next;
    }

    /** Remembers how much the cache holds, for {@link #restore()}. */
    public void mark() {
        markedTokens = cache.tokens();
        for (int i = 0; i < markedLengths.length; i++) {
            int kvHeads = cache.layer(0).kvHeads();
            markedLengths[i] = cache.layer(i / kvHeads).length(i % kvHeads);
        }
    }

    /** Takes back what a forward since {@link #mark()} appended, all of it or the part it came to. */
    public void restore() {
        cache.advance(markedTokens - cache.tokens());
        for (int i = 0; i < markedLengths.length; i++) {
            int kvHeads = cache.layer(0).kvHeads();
            cache.layer(i / kvHeads).setLength(i % kvHeads, markedLengths[i]);
        }
    }

    /** Forgets everything that was read. */
    public void reset() {
        prompt = new int[] {};
        read = 0;
        localBegin = 0;
        cache.clear();
    }
}
