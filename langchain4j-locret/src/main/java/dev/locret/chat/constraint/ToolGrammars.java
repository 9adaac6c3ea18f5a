package dev.locret.chat.constraint;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.locret.chat.tools.ToolCallIds;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.chat.tools.ToolSchemas;
import dev.locret.generate.grammar.Grammar;
import dev.locret.generate.grammar.TriggeredGrammar.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What calls of some tools look like in one format. Names are those of the tools, arguments fit their schemas. */
final class ToolGrammars {
    /** Small models that must call go on and on. */
    private static final int MAX_FORCED_CALLS = 16;

    private static final String BARE = "{\"name\": \"";

    private final ToolFormat format;
    private final boolean namesFirst;
    private final List<ToolSpecification> tools;
    private final Function<String, Grammar> marker;
    private final Grammar call;

    /**
     * @param namesFirst whether the model writes {@code name[ARGS]arguments}
     * @param marker the grammar of an opener or closer, which may be a control token
     * @throws dev.locret.common.LocretException ({@code grammar}) if a tool's schema holds what is not supported
     */
    ToolGrammars(
            ToolFormat format, boolean namesFirst, List<ToolSpecification> tools, Function<String, Grammar> marker) {
        this.format = format;
        this.namesFirst = namesFirst;
        this.tools = tools;
        this.marker = marker;
        this.call = namesFirst ? named() : Grammar.sequence(Grammar.literal(BARE), rest());
    }

    /** A call as JSON, behind the quote that opens its name. */
    private Grammar rest() {
        return Grammar.choice(tools.stream()
                .map(tool -> Grammar.sequence(
                        Grammar.literal(escaped(tool.name()) + "\", \"" + format.argumentsKey() + "\": "),
                        arguments(tool),
                        Grammar.literal("}")))
                .toArray(Grammar[]::new));
    }

    private static String escaped(String name) {
        String quoted = TextNode.valueOf(name).toString();
        return quoted.substring(1, quoted.length() - 1);
    }

    /** A call whose name stands in front of its arguments, possibly with an id between them. */
    private Grammar named() {
        Grammar character = Grammar.choice(ToolCallIds.ALPHABET
                .chars()
                .mapToObj(c -> Grammar.literal(Character.toString(c)))
                .toArray(Grammar[]::new));
        Grammar id = Grammar.sequence(
                marker.apply(ToolFormat.ID_MARK),
                Grammar.repeat(character, "", ToolCallIds.LENGTH, ToolCallIds.LENGTH));
        return Grammar.choice(tools.stream()
                .map(tool -> Grammar.sequence(
                        Grammar.literal(tool.name()),
                        Grammar.repeat(id, "", 0, 1),
                        marker.apply(ToolFormat.ARGUMENTS_MARK),
                        arguments(tool)))
                .toArray(Grammar[]::new));
    }

    private static Grammar arguments(ToolSpecification tool) {
        return Grammar.ofJsonSchema(ToolSchemas.argumentsSchema(tool));
    }

    /**
     * What follows {@link ToolFormat#prefix()} where a tool must be called: a call of the one tool, or of several tools
     * one call or more. The last call needs no closer.
     */
    Grammar forced() {
        int max = tools.size() == 1 ? 1 : MAX_FORCED_CALLS;
        if (isList()) {
            return list(max);
        }
        if (max == 1) {
            return call;
        }
        if (format.startsBare()) {
            return bare(call, max);
        }
        if (namesFirst) {
            Grammar more = Grammar.sequence(marker.apply(format.openers().get(0)), call);
            return Grammar.sequence(call, Grammar.repeat(more, "", 0, max - 1));
        }
        Grammar newLine = Grammar.literal("\n");
        Grammar close = Grammar.sequence(newLine, marker.apply(format.closer()));
        Grammar open = Grammar.sequence(newLine, marker.apply(format.openers().get(0)), newLine);
        Grammar more = Grammar.repeat(Grammar.sequence(close, open, call), "", 0, max - 1);
        return Grammar.sequence(call, more, Grammar.repeat(close, "", 0, 1));
    }

    private boolean isList() {
        return !namesFirst && !format.listOpener().isEmpty();
    }

    private static Grammar bare(Grammar first, int max) {
        return Grammar.repeat(first, "; ", 1, max);
    }

    private Grammar list(int max) {
        return Grammar.sequence(Grammar.literal("["), Grammar.repeat(call, ", ", 1, max), Grammar.literal("]"));
    }

    /** What follows an opener: a call, or a list of calls. */
    private Grammar afterOpener() {
        Grammar space = Grammar.choice(Grammar.literal("\n"), Grammar.literal(" "));
        return Grammar.sequence(Grammar.repeat(space, "", 0, 1), isList() ? list(Integer.MAX_VALUE) : call);
    }

    /** One call or several as a whole answer. */
    Grammar wholeAnswer() {
        if (format.startsBare()) {
            return bare(call, Integer.MAX_VALUE);
        }
        Grammar opener = marker.apply(format.openers().get(0));
        if (namesFirst) {
            return Grammar.repeat(Grammar.sequence(opener, call), "", 1, Integer.MAX_VALUE);
        }
        Grammar closer = marker.apply(format.closer());
        if (isList()) {
            return Grammar.sequence(opener, list(Integer.MAX_VALUE), closer);
        }
        Grammar newLine = Grammar.literal("\n");
        return Grammar.repeat(Grammar.sequence(opener, newLine, call, newLine, closer), "\n", 1, Integer.MAX_VALUE);
    }

    /** What sets off a call in an answer that need not be one. */
    List<Trigger> triggers() {
        List<Trigger> triggers = new ArrayList<>();
        for (String opener : format.openers()) {
            // The list's bracket is part of this one.
            if (!opener.endsWith("[")) {
                triggers.add(new Trigger(opener, afterOpener(), false, false));
            }
        }
        if (format.startsBare()) {
            Grammar more = Grammar.repeat(Grammar.sequence(Grammar.literal("; "), call), "", 0, Integer.MAX_VALUE);
            triggers.add(new Trigger(BARE, Grammar.sequence(rest(), more), true, true));
        }
        return triggers;
    }
}
