package dev.locret.text;

import dev.locret.common.Checks;
import dev.locret.text.jinja.JinjaTemplate;
import dev.locret.text.jinja.Raised;
import dev.locret.text.jinja.Text;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A model's chat template: turns {@code messages}, {@code tools}, {@code add_generation_prompt}, {@code bos_token} and
 * whatever else it asks for into a prompt, byte for byte as Hugging Face's jinja2 does.
 *
 * <p>The prompt comes in spans, since the tokenizer must take {@code <|im_end|>} for a control token where the template
 * wrote it and for plain text where a user did. Strings directly in the context are trusted; those within lists and
 * maps are not, except a plain word under {@code role}. Cutting, joining or changing a string inside the template keeps
 * the mark.
 *
 * <p>Immutable, safe to share between threads. Reaches neither Java classes nor files; loops, output and nesting are
 * bounded.
 */
public final class ChatTemplate {
    private final JinjaTemplate template;
    private final String source;
    private final String origin;
    private final Clock clock;

    private ChatTemplate(JinjaTemplate template, String source, String origin, Clock clock) {
        this.template = template;
        this.source = source;
        this.origin = origin;
        this.clock = clock;
    }

    /**
     * Parses a template.
     *
     * @param origin where it was found, for messages
     * @throws dev.locret.common.LocretException ({@code template}) with the line, if it is malformed
     */
    public static ChatTemplate of(String source, String origin) {
        Checks.notNull("source", source);
        return new ChatTemplate(JinjaTemplate.parse(source, origin), source, origin, Clock.systemDefaultZone());
    }

    /** The same template with another clock behind {@code strftime_now}. */
    public ChatTemplate withClock(Clock other) {
        return new ChatTemplate(template, source, origin, Checks.notNull("clock", other));
    }

    /** The template as it was given. */
    public String source() {
        return source;
    }

    /** Where it was found. */
    public String origin() {
        return origin;
    }

    /**
     * The prompt of a conversation that ends where the answer begins, rendered with all that Hugging Face passes.
     *
     * @param messages {@code role} and {@code content}, and what else a message has
     * @param tokenizer names {@code bos_token} and {@code eos_token}
     */
    public List<PromptSpan> render(List<? extends Map<String, ?>> messages, Tokenizer tokenizer) {
        return render(context(messages, null, tokenizer));
    }

    /**
     * What Hugging Face passes to a template; to be added to.
     *
     * @param tools as the template takes them, or null
     */
    public static Map<String, Object> context(
            List<? extends Map<String, ?>> messages, List<? extends Map<String, ?>> tools, Tokenizer tokenizer) {
        Map<String, Object> context = new HashMap<>();
        context.put("messages", messages);
        context.put("add_generation_prompt", true);
        context.put("bos_token", name(tokenizer, tokenizer.bosId()));
        context.put("eos_token", name(tokenizer, tokenizer.eosId()));
        // Always passed, and templates ask whether they are none.
        context.put("tools", tools);
        context.put("documents", null);
        return context;
    }

    private static String name(Tokenizer tokenizer, OptionalInt id) {
        return id.isPresent() ? tokenizer.nameOf(id.getAsInt()) : "";
    }

    /**
     * Renders to spans; neighbours differ in trust.
     *
     * @param context strings, numbers, booleans, nulls, lists and maps of those
     * @throws TemplateRejection if the template refuses the messages
     * @throws dev.locret.common.LocretException ({@code template}) with the line, if it fails or exceeds its limits
     */
    public List<PromptSpan> render(Map<String, ?> context) {
        List<PromptSpan> spans = new ArrayList<>();
        result(context).forEachRun((run, trusted) -> spans.add(new PromptSpan(run, trusted)));
        return spans;
    }

    /** As {@link #render}, without the marks. */
    public String renderText(Map<String, ?> context) {
        return result(context).toString();
    }

    private Text result(Map<String, ?> context) {
        try {
            return template.render(context, clock);
        } catch (Raised raised) {
            throw new TemplateRejection(raised.getMessage(), raised.line(), origin);
        }
    }
}
