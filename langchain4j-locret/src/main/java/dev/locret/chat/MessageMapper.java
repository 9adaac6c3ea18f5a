package dev.locret.chat;

import static dev.locret.chat.UnsupportedFeatures.unsupported;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.locret.chat.MarkedMessages.Cut;
import dev.locret.chat.answer.AnswerParser.Start;
import dev.locret.chat.constraint.AnswerLanguages;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.text.ChatTemplate;
import dev.locret.text.PromptSpan;
import dev.locret.text.TemplateRejection;
import dev.locret.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Messages to the token ids of a prompt, through the model's own chat template: all messages, in their order, whatever
 * the template allows. What a message says stays text, also where it spells a control token.
 *
 * <p>Immutable, safe to share between threads.
 */
public final class MessageMapper {
    private static final String THINK = "<think>";
    private static final String THOUGHT = "</think>";

    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final boolean merges;
    private final ToolFormat toolFormat;
    private final TemplateMessages messages;
    private final Set<Integer> thinkingMarkers;
    private final Set<Integer> allMarkers;
    private final boolean thinks;
    private final AnswerLanguages languages;

    /**
     * A mapper that takes the format of tools from the template.
     *
     * @param modelName for messages
     * @throws LocretException ({@code template}) if the model has no chat template
     */
    public MessageMapper(Tokenizer tokenizer, Optional<ChatTemplate> template, String modelName) {
        this(tokenizer, template, modelName, null, false);
    }

    /**
     * As above.
     *
     * @param toolFormat another format of tools than the template's, or null
     * @param merges whether messages that the template refuses are tried with repeated roles joined, and with system
     *     messages as part of user messages
     */
    public MessageMapper(
            Tokenizer tokenizer,
            Optional<ChatTemplate> template,
            String modelName,
            ToolFormat toolFormat,
            boolean merges) {
        this.tokenizer = tokenizer;
        this.merges = merges;
        this.template = template.orElseThrow(() -> new LocretException(
                ErrorId.TEMPLATE,
                "template: the model has no chat template, so messages cannot become a prompt (a base model? else put"
                        + " chat_template.jinja beside it): " + modelName));
        String source = this.template.source();
        this.toolFormat = toolFormat == null ? ToolFormat.of(source) : toolFormat;
        this.messages = new TemplateMessages(source, this.toolFormat, acceptsSystem());
        this.thinks = source.contains(THINK) || source.contains(THOUGHT);
        this.languages = new AnswerLanguages(tokenizer, this.toolFormat, source.contains("[ARGS]"));
        List<String> tags = thinks ? List.of(THINK, THOUGHT) : List.of();
        this.thinkingMarkers = controlTokens(tags.stream());
        this.allMarkers = controlTokens(Stream.concat(tags.stream(), this.toolFormat.markers().stream()));
    }

    private Set<Integer> controlTokens(Stream<String> names) {
        return names.map(this::controlToken).flatMap(Optional::stream).collect(Collectors.toUnmodifiableSet());
    }

    private boolean acceptsSystem() {
        try {
            template.render(
                    List.of(Map.of("role", "system", "content", "s"), Map.of("role", "user", "content", "u")),
                    tokenizer);
            return true;
        } catch (LocretException refused) {
            return false;
        }
    }

    private Optional<Integer> controlToken(String name) {
        int[] ids = tokenizer.encode(name, true);
        return ids.length == 1 && tokenizer.isSpecial(ids[0]) ? Optional.of(ids[0]) : Optional.empty();
    }

    /** How the model is told of tools and writes its calls. */
    public ToolFormat toolFormat() {
        return toolFormat;
    }

    /** What the answers can be held to. */
    public AnswerLanguages languages() {
        return languages;
    }

    /**
     * Control tokens that mean something in an answer: its text must show them by name.
     *
     * @param tools whether the answer may call tools
     */
    public Set<Integer> markers(boolean tools) {
        return tools ? allMarkers : thinkingMarkers;
    }

    /** As {@link #toPrompt(List, PromptOptions)} of messages alone. */
    public int[] toPrompt(List<ChatMessage> history) {
        return toPrompt(history, PromptOptions.PLAIN).tokens();
    }

    /**
     * A prompt that ends where the answer begins.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException for contents other than text, and if the model is to
     *     think and cannot
     * @throws TemplateRejection if the template refuses the messages
     * @throws LocretException ({@code template}) if the template fails
     */
    public Prompt toPrompt(List<ChatMessage> history, PromptOptions options) {
        Opened opened = open(history, options);
        return new Prompt(tokenizer.encodePrompt(opened.spans()), opened.start(), 0);
    }

    /**
     * As above with the question in front of its document: the last text of the last user message is repeated in front
     * of the first text of the user's, if it is not that text itself.
     */
    public Prompt toQuestionAwarePrompt(List<ChatMessage> history, PromptOptions options) {
        if (MarkedMessages.firstOfUser(history) < 0) {
            return toPrompt(history, options);
        }
        MarkedMessages marked = MarkedMessages.afterQuestion(history);
        Opened opened = open(marked.messages(), options);
        Cut cut = marked.cut(opened.spans());
        int[] tokens = tokenizer.encodePrompt(joined(cut.before(), cut.after()));
        int questionEnd = tokenizer.encodePrompt(cut.before()).length;
        return new Prompt(tokens, opened.start(), Math.min(questionEnd, tokens.length));
    }

    /**
     * The rest of a prompt whose beginning was read as a context: the first message of the user goes on after its text.
     * What stands before that message, and tools, must be what the context was read with; left out, they are what that
     * was.
     *
     * @throws dev.langchain4j.exception.UnsupportedFeatureException as {@link #toPrompt}, and without a message of the
     *     user's
     */
    public Prompt toRest(List<ChatMessage> history, PromptOptions options) {
        int first = MarkedMessages.firstOfUser(history);
        if (first < 0) {
            throw unsupported("messages without one of the user's, with parameter 'context',");
        }
        MarkedMessages marked = MarkedMessages.beforeText(history);
        Opened opened = open(marked.messages(), options);
        Cut cut = marked.cut(opened.spans());
        int[] rest = encodeMore(joined(List.of(new PromptSpan("\n\n", false)), cut.after()));
        boolean plain = first == 0 && options.tools().isEmpty();
        return new Prompt(rest, opened.start(), 0, plain ? new int[] {} : head(cut.before()));
    }

    /**
     * Token ids of a prompt up to the end of its last text, behind which it can go on.
     *
     * @param history messages with one of the user's, the last of which holds the text
     * @param tools that requests may call
     * @throws dev.langchain4j.exception.UnsupportedFeatureException if the last message is not the user's
     */
    public int[] toContext(List<ChatMessage> history, List<ToolSpecification> tools) {
        if (history.isEmpty() || !(history.get(history.size() - 1) instanceof UserMessage)) {
            throw unsupported("a context whose last message is not the user's");
        }
        MarkedMessages marked = MarkedMessages.beforeText(history);
        Cut cut =
                marked.cut(render(messages.messages(marked.messages(), tools, true), messages.tools(tools), Map.of()));
        List<PromptSpan> text = cut.after();
        int last = text.size();
        while (last > 1 && text.get(last - 1).trusted()) {
            last--;
        }
        return tokenizer.encodePrompt(joined(cut.before(), text.subList(0, last)));
    }

    /** Token ids that begin a prompt whatever text follows, with which the last of them may merge. */
    private int[] head(List<PromptSpan> spans) {
        int[] head = null;
        for (String text : new String[] {"a", " a", "\n"}) {
            int[] ids = tokenizer.encodePrompt(joined(spans, List.of(new PromptSpan(text, false))));
            int common = head == null ? ids.length - 1 : Arrays.mismatch(head, ids);
            head = common < 0 ? head : Arrays.copyOf(ids, common);
        }
        return head;
    }

    private static List<PromptSpan> joined(List<PromptSpan> first, List<PromptSpan> then) {
        List<PromptSpan> all = new ArrayList<>(first);
        all.addAll(then);
        return all;
    }

    /** A rendered prompt that is open for the answer. */
    private record Opened(List<PromptSpan> spans, Start start) {}

    private Opened open(List<ChatMessage> history, PromptOptions options) {
        if (Boolean.TRUE.equals(options.think()) && !thinks) {
            throw unsupported("parameter 'think' (the chat template of the model knows no thinking)");
        }
        // What is held to a grammar from its first token on is not thought about unless that is asked for.
        boolean held = options.forceCall() || options.json();
        Boolean think = options.think() == null && held && thinks ? Boolean.FALSE : options.think();
        List<PromptSpan> spans = new ArrayList<>(render(
                messages.messages(history, options.tools(), options.sendThinking()),
                messages.tools(options.tools()),
                think == null ? Map.of() : Map.of("enable_thinking", think)));
        boolean open = endsWith(spans, THINK);
        if (open && Boolean.FALSE.equals(think)) {
            spans.add(new PromptSpan("\n" + THOUGHT + "\n\n", true));
            open = false;
        } else if (thinks && Boolean.FALSE.equals(think) && !endsWith(spans, THOUGHT)) {
            spans.add(new PromptSpan(THINK + "\n\n" + THOUGHT + "\n\n", true));
        } else if (!open && options.json() && Boolean.TRUE.equals(think)) {
            spans.add(new PromptSpan(THINK + "\n", true));
            open = true;
        }
        Start start = open ? Start.THINKING : thinks ? Start.MAY_THINK : Start.TEXT;
        if (options.forceCall()) {
            spans.add(new PromptSpan(toolFormat.prefix(), true));
            start = Start.CALL;
        }
        return new Opened(spans, start);
    }

    /** What goes on after other tokens: BOS is among those. */
    private int[] encodeMore(List<PromptSpan> spans) {
        int[] ids = tokenizer.encodePrompt(spans);
        return tokenizer.addsBos() ? Arrays.copyOfRange(ids, 1, ids.length) : ids;
    }

    /** Renders the first form of the messages that the template takes. */
    private List<PromptSpan> render(
            List<Map<String, Object>> entries, List<Map<String, Object>> tools, Map<String, Object> settings) {
        TemplateRejection first = null;
        for (List<Map<String, Object>> form : merges ? MessageMerger.forms(entries) : List.of(entries)) {
            Map<String, Object> context = ChatTemplate.context(form, tools, tokenizer);
            context.putAll(settings);
            try {
                return template.render(context);
            } catch (TemplateRejection e) {
                first = first == null ? e : first;
            }
        }
        throw first;
    }

    /** Where messages begin in a prompt: behind the tokens that end one, which no message can say itself. */
    public int[] borders(int[] prompt) {
        return IntStream.range(1, prompt.length)
                .filter(i -> tokenizer.eosIds().contains(prompt[i - 1]))
                .toArray();
    }

    /** Whether the template itself, not a message, ends the prompt with this tag. */
    private static boolean endsWith(List<PromptSpan> spans, String tag) {
        if (spans.isEmpty()) {
            return false;
        }
        PromptSpan last = spans.get(spans.size() - 1);
        return last.trusted() && last.text().stripTrailing().endsWith(tag);
    }
}
