package dev.locret.eviction;

import dev.locret.backend.Backend;
import dev.locret.common.Checks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All eviction policies by name. A new policy is one class and one line here. */
public final class EvictionPolicies {
    /** Makes a policy; {@code heads} is null if the model came without. */
    @FunctionalInterface
    private interface Factory {
        EvictionPolicy create(Backend backend, RetainingHeads heads, int maxRows);
    }

    private static final Map<String, Factory> FACTORIES = new LinkedHashMap<>();

    static {
        FACTORIES.put("locret", Locret::new);
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

    /** Whether a policy scores with retaining heads. */
    public static boolean needsHeads(String name) {
        return name.equals("locret");
    }

    /** Fails with {@code invalid-argument} unless there is a policy of that name and heads if it needs some. */
    public static void require(String name, boolean heads) {
        Checks.argument(
                FACTORIES.containsKey(name),
                () -> "unknown eviction policy: policy=" + name + ", allowed=auto, " + String.join(", ", names()));
        Checks.argument(
                heads || !needsHeads(name),
                () -> "policy 'locret' needs retaining heads: policy=" + name + ", retaining-heads-path=null");
    }

    /**
     * Makes a policy and allocates what it needs.
     *
     * @param heads retaining heads, or null
     * @param maxRows most new tokens of a segment
     */
    public static EvictionPolicy create(String name, Backend backend, RetainingHeads heads, int maxRows) {
        require(name, heads != null);
        return FACTORIES.get(name).create(backend, heads, maxRows);
    }
}
