package dev.locret.engine;

import dev.locret.backend.Backend;
import dev.locret.cache.CachePlan;
import dev.locret.cache.KvCache;
import dev.locret.eviction.EvictionPolicy;
import dev.locret.generate.Sampler;
import java.util.Arrays;
import java.util.Set;

/** What a prompt finds read already, and where its own reading leaves snapshots for others. */
final class PromptStart {
    private final GenerationHandle handle;
    private final int[] prompt;
    private final PrefixStore prefixes;
    private final PrefixStore.Key key;
    private final PrefixStore.Prefix prefix;
    private final int localTokens;
    private final Set<Integer> borders;

    /**
     * @param policy the policy that reads the prompt
     * @param plan sizes of the cache that it is read with
     */
    PromptStart(GenerationHandle handle, EvictionPolicy policy, CachePlan plan, EngineParts parts) {
        GenerationRequest request = handle.request();
        this.handle = handle;
        // The caller may change its array, what is kept under these tokens must not.
        this.prompt = request.promptTokens().clone();
        this.prefixes = parts.prefixes();
        boolean answers = handle.taker() == null;
        this.localTokens = !answers ? 0 : request.localTokens() == 0 ? plan.localTokens() : request.localTokens();
        int localBegin = Math.max(0, prompt.length - localTokens);
        String context = handle.context() == null ? "" : handle.context().hash();
        boolean longText = parts.decoder().readsAsLong(handle.textTokens());
        this.key = new PrefixStore.Key(context, policy.name(), plan, longText);
        // A trace shows all chunks, so all have to be read.
        boolean reuses = handle.probe() == Probe.NONE;
        this.prefix = reuses ? prefixes.find(key, prompt, localBegin) : null;
        this.borders = reuses && answers
                ? prefixes.borders(localBegin, request.messageBorders(), promptTokensRead())
                : Set.of();
    }

    /** Tokens of the prompt. */
    int[] prompt() {
        return prompt;
    }

    /** Last tokens of the prompt that are read after the final eviction. */
    int localTokens() {
        return localTokens;
    }

    /** Tokens of the prompt that the cache holds after {@link #restore}. */
    int promptTokensRead() {
        return prefix == null ? 0 : prefix.length();
    }

    /** Tokens of context and prompt that the cache holds after {@link #restore}. */
    int cachedTokens() {
        return promptTokensRead()
                + (handle.context() == null ? 0 : handle.context().tokens().length);
    }

    /** Fills an empty cache with what was read already. */
    void restore(Backend backend, KvCache cache) {
        if (prefix != null) {
            prefix.snapshot().restore(backend, cache);
        } else if (handle.context() != null) {
            handle.contextSnapshot().restore(backend, cache);
        }
    }

    /** Called when the first {@code read} tokens of the prompt are read. */
    void keep(int read, Backend backend, KvCache cache) {
        if (borders.contains(read)) {
            prefixes.keep(key, prompt, read, backend, cache);
        }
    }

    /** The last tokens of context and prompt, as many as penalties count. */
    int[] lastTokens() {
        if (handle.context() == null || prompt.length >= Sampler.PENALTY_WINDOW) {
            return prompt;
        }
        int[] before = handle.context().tokens();
        int from = Math.max(0, before.length - Sampler.PENALTY_WINDOW);
        int[] last = Arrays.copyOfRange(before, from, before.length + prompt.length);
        System.arraycopy(prompt, 0, last, before.length - from, prompt.length);
        return last;
    }
}
