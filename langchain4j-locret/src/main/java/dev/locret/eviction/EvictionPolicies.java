package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.common.Checks;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All eviction policies by name. A new policy is one class and one line here. */
public final class EvictionPolicies {
    /** Makes a policy; {@code heads} is null if the model came without. */
    @FunctionalInterface
    private interface Factory {
        EvictionPolicy create(Backend backend, ScoringHeads heads, int maxRows);
    }

    private static final Map<String, Factory> FACTORIES = new LinkedHashMap<>();

    static {
        FACTORIES.put("locret", (backend, heads, maxRows) -> new Locret(backend, (RetainingHeads) heads, maxRows));
        FACTORIES.put("trimkv", (backend, heads, maxRows) -> new TrimKv(backend, (RetentionGates) heads, maxRows));
        FACTORIES.put("kvzap", (backend, heads, maxRows) -> new KvZap(backend, (ImportanceHeads) heads, maxRows));
        FACTORIES.put("keydiff", (backend, heads, maxRows) -> new KeyDiff());
        FACTORIES.put("streaming-llm", (backend, heads, maxRows) -> new StreamingLlm());
        FACTORIES.put("h2o", (backend, heads, maxRows) -> new HeavyHitters());
        FACTORIES.put("snapkv", (backend, heads, maxRows) -> new SnapKv());
        FACTORIES.put("tova", (backend, heads, maxRows) -> new Tova());
        FACTORIES.put("sirllm", (backend, heads, maxRows) -> new SirLlm());
        FACTORIES.put("random", (backend, heads, maxRows) -> new RandomEntries());
        FACTORIES.put("none", (backend, heads, maxRows) -> new FullAttention());
    }

    private EvictionPolicies() {}

    /** Names of all policies. */
    public static List<String> names() {
        return List.copyOf(FACTORIES.keySet());
    }

    /** Whether a policy can run with heads of a kind, or without any if that is null. */
    public static boolean runsWith(String name, HeadKind heads) {
        return Arrays.stream(HeadKind.values()).noneMatch(kind -> kind.policy().equals(name) && kind != heads);
    }

    /**
     * Fails with {@code invalid-argument} unless there is a policy of that name and heads if it needs some.
     *
     * @param heads the kind of heads that there are, or null
     */
    public static void require(String name, HeadKind heads) {
        Checks.argument(
                FACTORIES.containsKey(name),
                () -> "unknown eviction policy: policy=" + name + ", allowed=auto, " + String.join(", ", names()));
        Checks.argument(
                heads != null || runsWith(name, null),
                () -> "policy '" + name + "' needs retaining heads: policy=" + name + ", retaining-heads-path=null");
        Checks.argument(
                runsWith(name, heads),
                () -> "policy '" + name + "' needs heads of its own kind: policy=" + name + ", heads="
                        + heads.policy());
    }

    /** Bytes that {@link #create} allocates for a policy that scores with such heads. */
    public static long bytes(Backend backend, ScoringHeads heads, int maxRows) {
        return HeadNetwork.bytes(backend, heads, maxRows);
    }

    /**
     * Makes a policy and allocates what it needs.
     *
     * @param heads trained heads, or null
     * @param maxRows most new tokens of a segment
     */
    public static EvictionPolicy create(String name, Backend backend, ScoringHeads heads, int maxRows) {
        require(name, heads == null ? null : heads.kind());
        return FACTORIES.get(name).create(backend, heads, maxRows);
    }
}
