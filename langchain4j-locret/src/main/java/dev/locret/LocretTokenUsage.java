package dev.locret;

import dev.langchain4j.model.output.TokenUsage;
import java.util.Objects;

/**
 * Tokens of a request. The input is the whole prompt, a context's text included; {@link #cachedInputTokenCount()} of it were
 * not read again, since an earlier request or a context had read them.
 */
public class LocretTokenUsage extends TokenUsage {
    private final int cachedInputTokenCount;

    public LocretTokenUsage(int inputTokenCount, int outputTokenCount, int cachedInputTokenCount) {
        super(inputTokenCount, outputTokenCount);
        this.cachedInputTokenCount = cachedInputTokenCount;
    }

    /** Tokens of the prompt that had been read before. */
    public int cachedInputTokenCount() {
        return cachedInputTokenCount;
    }

    /** The sum over several requests; other usages count as not cached. */
    @Override
    public LocretTokenUsage add(TokenUsage that) {
        if (that == null) {
            return this;
        }
        int cached = that instanceof LocretTokenUsage locret ? locret.cachedInputTokenCount : 0;
        return new LocretTokenUsage(
                sum(inputTokenCount(), that.inputTokenCount()),
                sum(outputTokenCount(), that.outputTokenCount()),
                sum(cachedInputTokenCount, cached));
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other)
                && other instanceof LocretTokenUsage that
                && cachedInputTokenCount == that.cachedInputTokenCount;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), cachedInputTokenCount);
    }

    @Override
    public String toString() {
        return "LocretTokenUsage{inputTokenCount=" + inputTokenCount() + ", outputTokenCount=" + outputTokenCount()
                + ", totalTokenCount=" + totalTokenCount() + ", cachedInputTokenCount=" + cachedInputTokenCount + '}';
    }
}
