package dev.locret.engine;

import dev.locret.backend.Backend;
import dev.locret.cache.CachePlan;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.eviction.EvictionPolicies;
import dev.locret.eviction.EvictionPolicy;
import dev.locret.eviction.Evictor;
import dev.locret.eviction.HeadKind;
import dev.locret.eviction.Locret;
import dev.locret.eviction.RetainingHeads;
import dev.locret.eviction.ScoringHeads;
import dev.locret.eviction.ValueGrams;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The policies of an engine, and which of them a request gets. */
final class Policies {
    private static final Logger LOG = LoggerFactory.getLogger(Policies.class);
    private static final String LOCRET = "locret";
    private static final String FULL = "none";
    private static final String WITHOUT_HEADS = "keydiff";

    private final Map<String, EvictionPolicy> byName = new LinkedHashMap<>();
    /** Null if there are no heads for it. */
    private final EvictionPolicy questionAware;

    private final Backend backend;
    private final ValueGrams valueGrams;
    private final EngineSettings settings;
    /** Null if there are none. */
    private final HeadKind heads;

    private boolean warned;

    /**
     * Makes all policies that can run.
     *
     * @param heads trained heads, or null
     * @param questionHeads those for prompts whose question stands in front of the document, or null
     * @param valueGrams what norms of values are taken with, or null
     */
    Policies(
            Backend backend,
            ScoringHeads heads,
            RetainingHeads questionHeads,
            EngineSettings settings,
            ValueGrams valueGrams) {
        this.backend = backend;
        this.valueGrams = valueGrams;
        this.settings = settings;
        this.heads = heads == null ? null : heads.kind();
        int maxRows = settings.plan().chunkSize();
        this.questionAware =
                questionHeads == null ? null : new Locret(Locret.QUESTION_AWARE, backend, questionHeads, maxRows);
        for (String name : EvictionPolicies.names()) {
            if (EvictionPolicies.runsWith(name, this.heads)) {
                byName.put(name, EvictionPolicies.create(name, backend, heads, maxRows));
            }
        }
    }

    /** Evicts by a plan. */
    Evictor evictor(CachePlan plan) {
        return new Evictor(backend, plan, valueGrams);
    }

    /** The policy's name that a request gets: {@code auto} if it depends on the prompt. */
    String name(String requested) {
        if (requested == null) {
            return settings.policy();
        }
        if (requested.equals(EngineSettings.AUTO)) {
            return heads != null ? heads.policy() : EngineSettings.AUTO;
        }
        EvictionPolicies.require(requested, heads);
        return requested;
    }

    private String name(String requested, ContextText context) {
        String name = name(requested);
        if (context == null
                || name.equals(EngineSettings.AUTO) && context.policy().equals(FULL)) {
            return name;
        }
        Checks.argument(
                requested == null || name.equals(EngineSettings.AUTO) || name.equals(context.policy()),
                () -> "context '" + context.name() + "' was read with another policy: policy=" + requested
                        + ", context=" + context.policy());
        return context.policy();
    }

    /** Whether the policy follows from how long the text becomes. */
    boolean isAuto(String requested) {
        return name(requested).equals(EngineSettings.AUTO);
    }

    /**
     * The policy to begin a prompt with: after a context the one that read it, unless that dropped nothing and the text
     * now becomes too long for that.
     *
     * @param context what the prompt goes on after, or null
     * @param textTokens tokens of context and prompt
     * @param plan sizes of the request's cache
     */
    EvictionPolicy start(GenerationRequest request, ContextText context, int textTokens, CachePlan plan) {
        String name = name(request.policy(), context);
        boolean byHeads = isAuto(name) || name.equals(LOCRET) || heads != null && name.equals(heads.policy());
        if (request.questionEnd() > 0 && questionAware != null && byHeads) {
            return questionAware;
        }
        if (!isAuto(name)) {
            return byName.get(name);
        }
        return textTokens < plan.capacity() ? byName.get(FULL) : keyDiff(textTokens, plan.capacity());
    }

    /** Whether one more token can be decoded, if need be with a policy that makes room. */
    boolean canDecode(Session session, boolean auto) {
        if (auto && !session.canDecode()) {
            session.switchPolicy(keyDiff(session.cache().tokens(), session.capacity()));
        }
        return session.canDecode();
    }

    private synchronized EvictionPolicy keyDiff(int tokens, int capacity) {
        if (!warned) {
            warned = true;
            LOG.warn(
                    "Text does not fit the cache and there are no retaining heads: from here on policy 'auto' drops"
                            + " entries by KeyDiff: tokens={}, capacity={}",
                    tokens,
                    capacity);
        }
        return byName.get(WITHOUT_HEADS);
    }

    /** Fails unless context and prompt can be read whole under the policy that the request gets. */
    void requireFits(String requested, ContextText context, int textTokens, CachePlan plan) {
        String name = name(requested, context);
        boolean evicts = name.equals(EngineSettings.AUTO) || byName.get(name).evicts();
        int capacity = plan.capacity();
        Checks.check(
                evicts || textTokens < capacity,
                ErrorId.INVALID_PROMPT,
                () -> "prompt does not fit the cache and policy '" + name + "' drops nothing: tokens=" + textTokens
                        + ", capacity=" + capacity);
    }
}
