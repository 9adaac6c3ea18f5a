package dev.locret.spring.autoconfigure;

import dev.langchain4j.model.chat.listener.ChatModelErrorContext;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.listener.ChatModelRequestContext;
import dev.langchain4j.model.chat.listener.ChatModelResponseContext;
import dev.locret.LocretChatResponseMetadata;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

/**
 * An observation {@code locret.chat} of each request, with sizes and times but no text. Its parent is what is observed
 * where the request is made; no scope is opened, since the answer comes on another thread.
 */
final class ObservingListener implements ChatModelListener {
    private static final String NAME = "locret.chat";
    private static final String MODEL = "gen_ai.request.model";
    private static final String UNKNOWN = "unknown";

    private final ObservationRegistry registry;

    ObservingListener(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void onRequest(ChatModelRequestContext context) {
        String model = context.chatRequest().modelName();
        Observation observation = Observation.createNotStarted(NAME, registry)
                .contextualName("chat " + (model == null ? UNKNOWN : model))
                .lowCardinalityKeyValue("gen_ai.operation.name", "chat")
                .lowCardinalityKeyValue(MODEL, model == null ? UNKNOWN : model);
        context.attributes().put(this, observation.start());
    }

    @Override
    public void onResponse(ChatModelResponseContext context) {
        Observation observation = (Observation) context.attributes().get(this);
        if (observation == null) {
            return;
        }
        if (context.chatResponse().metadata() instanceof LocretChatResponseMetadata metadata) {
            // A request that was made before the model was loaded does not know its name.
            observation
                    .lowCardinalityKeyValue(MODEL, metadata.modelName())
                    .lowCardinalityKeyValue("locret.policy", metadata.policy())
                    .highCardinalityKeyValue(count(
                            "gen_ai.usage.input_tokens", metadata.tokenUsage().inputTokenCount()))
                    .highCardinalityKeyValue(count(
                            "gen_ai.usage.output_tokens", metadata.tokenUsage().outputTokenCount()))
                    .highCardinalityKeyValue(count("locret.tokens.read", metadata.promptTokensRead()))
                    .highCardinalityKeyValue(count("locret.entries.kept", metadata.entriesKept()))
                    .highCardinalityKeyValue(count("locret.entries.evicted", metadata.entriesEvicted()))
                    .highCardinalityKeyValue(count(
                            "locret.queue.millis", metadata.queueDuration().toMillis()))
                    .highCardinalityKeyValue(count(
                            "locret.prefill.millis", metadata.prefillDuration().toMillis()))
                    .highCardinalityKeyValue(count(
                            "locret.decode.millis", metadata.decodeDuration().toMillis()));
        }
        observation.stop();
    }

    private static KeyValue count(String name, Number value) {
        return KeyValue.of(name, String.valueOf(value));
    }

    @Override
    public void onError(ChatModelErrorContext context) {
        if (context.attributes().get(this) instanceof Observation observation) {
            observation.error(context.error());
            observation.stop();
        }
    }
}
