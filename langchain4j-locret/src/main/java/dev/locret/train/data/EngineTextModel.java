package dev.locret.train.data;

import dev.locret.engine.GenerationRequest;
import dev.locret.engine.LocretEngine;
import dev.locret.generate.SamplingParameters;
import dev.locret.text.PromptSpan;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The model of an engine, asked as a chat. */
public final class EngineTextModel implements TextModel {
    private static final int MAX_TOKENS = 96;
    /** What models that think write first. */
    private static final Pattern THOUGHT = Pattern.compile("(?s)<think>.*?(</think>|$)");

    private final LocretEngine engine;

    public EngineTextModel(LocretEngine engine) {
        this.engine = engine;
    }

    @Override
    public String answer(String message, double temperature, long seed) {
        List<Map<String, String>> messages = List.of(Map.of("role", "user", "content", message));
        List<PromptSpan> prompt = engine.chatTemplate()
                .map(template -> template.render(messages, engine.tokenizer()))
                .orElseGet(() -> List.of(new PromptSpan(message + "\n\n", false)));
        SamplingParameters sampling = new SamplingParameters(temperature, 0, 0.95, 0, 1, 0, 0, seed);
        int[] tokens = engine.tokenizer().encodePrompt(prompt);
        String text = engine.generate(new GenerationRequest(tokens, 0, sampling, MAX_TOKENS, List.of(), null, null))
                .text();
        return THOUGHT.matcher(text).replaceAll("").strip();
    }
}
