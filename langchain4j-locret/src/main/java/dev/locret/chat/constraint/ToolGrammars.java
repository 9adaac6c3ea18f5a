package dev.locret.chat.constraint;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.chat.tools.ToolSchemas;
import dev.locret.generate.grammar.Grammar;
import dev.locret.generate.grammar.TriggeredGrammar.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What calls of some tools look like in one format. Names are those of the tools, arguments fit their schemas. */
final class ToolGrammars {
    private final ToolFormat format;
    private final List<ToolSpecification> tools;
    private final Grammar call;

    /**
     * @throws dev.locret.common.LocretException ({@code grammar}) if a tool's schema holds what is not supported
     */
    ToolGrammars(ToolFormat format, List<ToolSpecification> tools) {
        this.format = format;
        this.tools = tools;
        this.call = Grammar.sequence(Grammar.literal("{\"name\": \""), rest());
    }

    /** A call behind the quote that opens its name. */
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

    private static Grammar arguments(ToolSpecification tool) {
        return Grammar.ofJsonSchema(ToolSchemas.argumentsSchema(tool));
    }

    /** One call behind {@link ToolFormat#prefix()}. */
    Grammar forced() {
        return format.listOpener().isEmpty()
                ? call
                : Grammar.sequence(Grammar.literal("["), call, Grammar.literal("]"));
    }

    /** What follows an opener: a call, or a list of calls. */
    Grammar afterOpener() {
        Grammar space = Grammar.choice(Grammar.literal("\n"), Grammar.literal(" "));
        Grammar calls = format.listOpener().isEmpty() ? call : list();
        return Grammar.sequence(Grammar.repeat(space, "", 0, 1), calls);
    }

    private Grammar list() {
        return Grammar.sequence(
                Grammar.literal("["), Grammar.repeat(call, ", ", 1, Integer.MAX_VALUE), Grammar.literal("]"));
    }

    /**
     * One call or several as a whole answer.
     *
     * @param marker the grammar of an opener or closer, which may be a control token
     */
    Grammar wholeAnswer(Function<String, Grammar> marker) {
        if (format.startsBare()) {
            return Grammar.repeat(call, "; ", 1, Integer.MAX_VALUE);
        }
        Grammar opener = marker.apply(format.openers().get(0));
        Grammar closer = marker.apply(format.closer());
        if (!format.listOpener().isEmpty()) {
            return Grammar.sequence(opener, list(), closer);
        }
        Grammar newLine = Grammar.literal("\n");
        return Grammar.repeat(Grammar.sequence(opener, newLine, call, newLine, closer), "\n", 1, Integer.MAX_VALUE);
    }

    /**
     * What sets off a call in an answer that need not be one.
     *
     * @param namesFirst whether the model writes {@code name[ARGS]arguments}
     */
    List<Trigger> triggers(boolean namesFirst) {
        List<Trigger> triggers = new ArrayList<>();
        if (namesFirst) {
            tools.forEach(tool -> triggers.add(new Trigger(tool.name() + "[ARGS]", arguments(tool), false)));
            return triggers;
        }
        for (String opener : format.openers()) {
            // The list's bracket is part of this one.
            if (!opener.endsWith("[")) {
                triggers.add(new Trigger(opener, afterOpener(), false));
            }
        }
        if (format.startsBare()) {
            triggers.add(new Trigger("{\"name\": \"", rest(), false));
        }
        return triggers;
    }
}
