package dev.locret.train;

/** Names of the tensors of retaining heads, the authors' own. */
final class HeadNames {
    private HeadNames() {}

    /**
     * @param fc 1 or 2
     */
    static String of(int layer, int fc) {
        return "model.layers." + layer + ".self_attn.fc" + fc + ".weight";
    }
}
