package dev.locret.eviction;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Kinds of trained heads, told by the names of their tensors; each is scored with by a policy of its own. */
public enum HeadKind {
    /** Retaining heads of Locret, and of APB, which are the same: {@code …self_attn.fc1.weight}. */
    LOCRET("locret", "model\\.layers\\.\\d+\\.self_attn\\.fc[12]\\.weight"),
    /** Retention gates of TrimKV: {@code …self_attn.retention_gate.linear1.weight}. */
    TRIMKV("trimkv", "model\\.layers\\.\\d+\\.self_attn\\.retention_gate\\..+"),
    /** Surrogate model of KVzap: {@code layers.0.weight} if linear, {@code layers.0.0.weight} if an MLP. */
    KVZAP("kvzap", "layers\\.\\d+\\.([02]\\.)?(weight|bias)");

    private static final Pattern LAYER = Pattern.compile("(?:model\\.)?layers\\.(\\d{1,9})\\..*");

    private final String policy;
    private final Pattern names;

    HeadKind(String policy, String names) {
        this.policy = policy;
        this.names = Pattern.compile(names);
    }

    /** Name of the policy that scores with such heads. */
    public String policy() {
        return policy;
    }

    /**
     * The kind that tensors of these names are of.
     *
     * @param source file, for messages
     * @throws LocretException ({@code heads-mismatch}) if none of them is of a kind that is known
     */
    public static HeadKind of(Set<String> names, String source) {
        for (HeadKind kind : values()) {
            if (names.stream().anyMatch(name -> kind.names.matcher(name).matches())) {
                return kind;
            }
        }
        String first = names.isEmpty() ? "none" : "'" + shown(new TreeSet<>(names).first()) + "'";
        throw new LocretException(
                ErrorId.HEADS_MISMATCH,
                "heads: of no known kind: first of " + names.size() + " tensors=" + first
                        + ", known=model.layers.0.self_attn.fc1.weight (Locret, APB),"
                        + " model.layers.0.self_attn.retention_gate.linear1.weight (TrimKV),"
                        + " layers.0.weight or layers.0.0.weight (KVzap): " + source);
    }

    /** The layer that a tensor belongs to, -1 for one that belongs to none. */
    public static int layer(String name) {
        Matcher matcher = LAYER.matcher(name);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    /** How many layers names speak of. */
    public static int layers(Set<String> names) {
        return names.stream().mapToInt(HeadKind::layer).max().orElse(-1) + 1;
    }

    private static String shown(String name) {
        return name.length() > 100 ? name.substring(0, 100) + "…" : name;
    }
}
