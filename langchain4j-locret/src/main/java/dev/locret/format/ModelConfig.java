package dev.locret.format;

/**
 * What the forward pass needs to know of a model, the same from {@code config.json} and from GGUF metadata.
 *
 * @param architecture {@code llama}, {@code mistral}, {@code qwen2}, {@code qwen3} or {@code phi3}
 * @param layers transformer blocks
 * @param hiddenSize width of the residual stream
 * @param feedForwardSize width of the gated activation
 * @param heads query heads
 * @param kvHeads key and value heads
 * @param headDim dimension of one head
 * @param vocabularySize rows of the output matrix
 * @param contextLength trained window in tokens, after the scaling that {@code rope} declares
 * @param normEpsilon epsilon of every RMSNorm
 * @param rope rotary position embedding
 * @param tiedEmbeddings whether the output matrix is the embedding table
 * @param slidingWindow window of attention in tokens, 0 for none
 */
public record ModelConfig(
        String architecture,
        int layers,
        int hiddenSize,
        int feedForwardSize,
        int heads,
        int kvHeads,
        int headDim,
        int vocabularySize,
        int contextLength,
        float normEpsilon,
        RopeConfig rope,
        boolean tiedEmbeddings,
        int slidingWindow) {
    /** Query heads that share one KV head. */
    public int groupSize() {
        return heads / kvHeads;
    }
}
