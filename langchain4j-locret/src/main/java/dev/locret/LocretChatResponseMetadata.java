package dev.locret;

import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import java.time.Duration;
import java.util.Objects;

/**
 * What an answer cost. All of a prompt is read; what is evicted are entries of the cache, of which every layer and KV
 * head has one for each token.
 */
public class LocretChatResponseMetadata extends ChatResponseMetadata {
    private final int promptTokensRead;
    private final int entriesKept;
    private final long entriesEvicted;
    private final String policy;
    private final long cacheBytes;
    private final boolean questionAware;
    private final Duration queueDuration;
    private final Duration prefillDuration;
    private final Duration decodeDuration;

    protected LocretChatResponseMetadata(Builder builder) {
        super(builder);
        this.promptTokensRead = builder.promptTokensRead;
        this.entriesKept = builder.entriesKept;
        this.entriesEvicted = builder.entriesEvicted;
        this.policy = builder.policy;
        this.cacheBytes = builder.cacheBytes;
        this.questionAware = builder.questionAware;
        this.queueDuration = builder.queueDuration;
        this.prefillDuration = builder.prefillDuration;
        this.decodeDuration = builder.decodeDuration;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The whole prompt, and how much of it had been read before. */
    @Override
    public LocretTokenUsage tokenUsage() {
        return (LocretTokenUsage) super.tokenUsage();
    }

    /** Tokens of the prompt that were read for this answer: all but those that had been read before. */
    public int promptTokensRead() {
        return promptTokensRead;
    }

    /** Entries that the fullest KV head held when the prompt was read. */
    public int entriesKept() {
        return entriesKept;
    }

    /** Entries dropped, over all layers and KV heads; 0 if the answer rests on the whole prompt. */
    public long entriesEvicted() {
        return entriesEvicted;
    }

    /** Name of the eviction policy that was used. */
    public String policy() {
        return policy;
    }

    /** Bytes of the cache, however long the prompt. */
    public long cacheBytes() {
        return cacheBytes;
    }

    /** Whether the question stood in front of its document and was kept while that was read. */
    public boolean questionAware() {
        return questionAware;
    }

    /** Time the request waited. */
    public Duration queueDuration() {
        return queueDuration;
    }

    /** Time to read the prompt. */
    public Duration prefillDuration() {
        return prefillDuration;
    }

    /** Time to write the answer. */
    public Duration decodeDuration() {
        return decodeDuration;
    }

    @Override
    public Builder toBuilder() {
        return ((Builder) super.toBuilder(builder()))
                .promptTokensRead(promptTokensRead)
                .entriesKept(entriesKept)
                .entriesEvicted(entriesEvicted)
                .policy(policy)
                .cacheBytes(cacheBytes)
                .questionAware(questionAware)
                .queueDuration(queueDuration)
                .prefillDuration(prefillDuration)
                .decodeDuration(decodeDuration);
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other)
                && other instanceof LocretChatResponseMetadata that
                && promptTokensRead == that.promptTokensRead
                && entriesKept == that.entriesKept
                && entriesEvicted == that.entriesEvicted
                && Objects.equals(policy, that.policy)
                && cacheBytes == that.cacheBytes
                && questionAware == that.questionAware
                && Objects.equals(queueDuration, that.queueDuration)
                && Objects.equals(prefillDuration, that.prefillDuration)
                && Objects.equals(decodeDuration, that.decodeDuration);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                super.hashCode(),
                promptTokensRead,
                entriesKept,
                entriesEvicted,
                policy,
                cacheBytes,
                questionAware,
                queueDuration,
                prefillDuration,
                decodeDuration);
    }

    @Override
    public String toString() {
        return "LocretChatResponseMetadata{" + super.toString() + ", promptTokensRead=" + promptTokensRead
                + ", entriesKept=" + entriesKept + ", entriesEvicted=" + entriesEvicted + ", policy=" + policy
                + ", cacheBytes=" + cacheBytes + ", questionAware=" + questionAware + ", queueDuration=" + queueDuration
                + ", prefillDuration="
                + prefillDuration + ", decodeDuration=" + decodeDuration + '}';
    }

    /** Setters of {@link LocretChatResponseMetadata}. */
    public static class Builder extends ChatResponseMetadata.Builder<Builder> {
        private int promptTokensRead;
        private int entriesKept;
        private long entriesEvicted;
        private String policy;
        private long cacheBytes;
        private boolean questionAware;
        private Duration queueDuration;
        private Duration prefillDuration;
        private Duration decodeDuration;

        public Builder promptTokensRead(int promptTokensRead) {
            this.promptTokensRead = promptTokensRead;
            return this;
        }

        public Builder entriesKept(int entriesKept) {
            this.entriesKept = entriesKept;
            return this;
        }

        public Builder entriesEvicted(long entriesEvicted) {
            this.entriesEvicted = entriesEvicted;
            return this;
        }

        public Builder policy(String policy) {
            this.policy = policy;
            return this;
        }

        public Builder cacheBytes(long cacheBytes) {
            this.cacheBytes = cacheBytes;
            return this;
        }

        public Builder questionAware(boolean questionAware) {
            this.questionAware = questionAware;
            return this;
        }

        public Builder queueDuration(Duration queueDuration) {
            this.queueDuration = queueDuration;
            return this;
        }

        public Builder prefillDuration(Duration prefillDuration) {
            this.prefillDuration = prefillDuration;
            return this;
        }

        public Builder decodeDuration(Duration decodeDuration) {
            this.decodeDuration = decodeDuration;
            return this;
        }

        @Override
        public LocretChatResponseMetadata build() {
            return new LocretChatResponseMetadata(this);
        }
    }
}
