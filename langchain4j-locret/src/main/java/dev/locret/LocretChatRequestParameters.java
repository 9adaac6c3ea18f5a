package dev.locret;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.locret.chat.RequestListener;
import java.time.Duration;
import java.util.Objects;

/**
 * Parameters of a request, those of every model and Locret's own. What is null is taken from the model's defaults.
 * Immutable.
 */
public class LocretChatRequestParameters extends DefaultChatRequestParameters {
    /** Leaves everything to the model's defaults. */
    public static final LocretChatRequestParameters EMPTY = builder().build();

    private final Double minP;
    private final Double repetitionPenalty;
    private final Long seed;
    private final String evictionPolicy;
    private final Boolean questionAware;
    private final Integer cacheBudget;
    private final String context;
    private final Boolean think;
    private final Duration timeout;
    private final Integer priority;
    private final RequestListener requestListener;

    protected LocretChatRequestParameters(Builder builder) {
        super(builder);
        this.minP = builder.minP;
        this.repetitionPenalty = builder.repetitionPenalty;
        this.seed = builder.seed;
        this.evictionPolicy = builder.evictionPolicy;
        this.questionAware = builder.questionAware;
        this.cacheBudget = builder.cacheBudget;
        this.context = builder.context;
        this.think = builder.think;
        this.timeout = builder.timeout;
        this.priority = builder.priority;
        this.requestListener = builder.requestListener;
    }

    /** {@code parameters} with Locret's own, which are null unless it has them already. */
    static LocretChatRequestParameters of(ChatRequestParameters parameters) {
        return parameters instanceof LocretChatRequestParameters own
                ? own
                : builder().overrideWith(parameters).build();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Only tokens at least this likely relative to the most likely one are drawn, 0 to 1. */
    public Double minP() {
        return minP;
    }

    /** Divides the logits of tokens that were there before, 1 for none. */
    public Double repetitionPenalty() {
        return repetitionPenalty;
    }

    /** Same seed, same text; null draws a new one for each request. */
    public Long seed() {
        return seed;
    }

    /** Name of an eviction policy, for this request instead of the engine's. */
    public String evictionPolicy() {
        return evictionPolicy;
    }

    /** Whether the question is put in front of its document, and kept while that is read; not unless set. */
    public Boolean questionAware() {
        return questionAware;
    }

    /** Entries kept per KV head, for this request instead of the engine's: at most those. */
    public Integer cacheBudget() {
        return cacheBudget;
    }

    /** Name of a context that was read before, after which the messages go on. */
    public String context() {
        return context;
    }

    /** Whether the model thinks before it answers; null leaves it to the model. */
    public Boolean think() {
        return think;
    }

    /** Time for the request, waiting included. */
    public Duration timeout() {
        return timeout;
    }

    /** A waiting request starts before those of lower priority; 0 unless set. */
    public Integer priority() {
        return priority;
    }

    /** Hears of the request before its answer begins, and may end it. */
    public RequestListener requestListener() {
        return requestListener;
    }

    @Override
    public LocretChatRequestParameters overrideWith(ChatRequestParameters that) {
        return builder().overrideWith(this).overrideWith(that).build();
    }

    @Override
    public LocretChatRequestParameters defaultedBy(ChatRequestParameters that) {
        return builder().overrideWith(that).overrideWith(this).build();
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other)
                && other instanceof LocretChatRequestParameters that
                && Objects.equals(minP, that.minP)
                && Objects.equals(repetitionPenalty, that.repetitionPenalty)
                && Objects.equals(seed, that.seed)
                && Objects.equals(evictionPolicy, that.evictionPolicy)
                && Objects.equals(questionAware, that.questionAware)
                && Objects.equals(cacheBudget, that.cacheBudget)
                && Objects.equals(context, that.context)
                && Objects.equals(think, that.think)
                && Objects.equals(timeout, that.timeout)
                && Objects.equals(priority, that.priority)
                && Objects.equals(requestListener, that.requestListener);
    }

    @Override
    public int hashCode() {
        return Objects.hash(
                super.hashCode(),
                minP,
                repetitionPenalty,
                seed,
                evictionPolicy,
                cacheBudget,
                questionAware,
                context,
                think,
                timeout,
                priority,
                requestListener);
    }

    @Override
    public String toString() {
        return "LocretChatRequestParameters{" + super.toString() + ", minP=" + minP + ", repetitionPenalty="
                + repetitionPenalty + ", seed=" + seed + ", evictionPolicy=" + evictionPolicy + ", questionAware="
                + questionAware + ", cacheBudget="
                + cacheBudget + ", context="
                + context + ", think=" + think + ", timeout=" + timeout + ", priority=" + priority
                + ", requestListener="
                + requestListener + '}';
    }

    /** Setters of {@link LocretChatRequestParameters}. */
    public static class Builder extends DefaultChatRequestParameters.Builder<Builder> {
        private Double minP;
        private Double repetitionPenalty;
        private Long seed;
        private String evictionPolicy;
        private Boolean questionAware;
        private Integer cacheBudget;
        private String context;
        private Boolean think;
        private Duration timeout;
        private Integer priority;
        private RequestListener requestListener;

        @Override
        public Builder overrideWith(ChatRequestParameters parameters) {
            super.overrideWith(parameters);
            if (parameters instanceof LocretChatRequestParameters own) {
                minP = own.minP == null ? minP : own.minP;
                repetitionPenalty = own.repetitionPenalty == null ? repetitionPenalty : own.repetitionPenalty;
                seed = own.seed == null ? seed : own.seed;
                evictionPolicy = own.evictionPolicy == null ? evictionPolicy : own.evictionPolicy;
                questionAware = own.questionAware == null ? questionAware : own.questionAware;
                cacheBudget = own.cacheBudget == null ? cacheBudget : own.cacheBudget;
                context = own.context == null ? context : own.context;
                think = own.think == null ? think : own.think;
                timeout = own.timeout == null ? timeout : own.timeout;
                priority = own.priority == null ? priority : own.priority;
                requestListener = own.requestListener == null ? requestListener : own.requestListener;
            }
            return this;
        }

        public Builder minP(Double minP) {
            this.minP = minP;
            return this;
        }

        public Builder repetitionPenalty(Double repetitionPenalty) {
            this.repetitionPenalty = repetitionPenalty;
            return this;
        }

        public Builder seed(Long seed) {
            this.seed = seed;
            return this;
        }

        public Builder evictionPolicy(String evictionPolicy) {
            this.evictionPolicy = evictionPolicy;
            return this;
        }

        public Builder questionAware(Boolean questionAware) {
            this.questionAware = questionAware;
            return this;
        }

        public Builder cacheBudget(Integer cacheBudget) {
            this.cacheBudget = cacheBudget;
            return this;
        }

        public Builder context(String context) {
            this.context = context;
            return this;
        }

        public Builder think(Boolean think) {
            this.think = think;
            return this;
        }

        public Builder timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        public Builder priority(Integer priority) {
            this.priority = priority;
            return this;
        }

        public Builder requestListener(RequestListener requestListener) {
            this.requestListener = requestListener;
            return this;
        }

        @Override
        public LocretChatRequestParameters build() {
            return new LocretChatRequestParameters(this);
        }
    }
}
