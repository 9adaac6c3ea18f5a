package dev.locret.chat.constraint;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.locret.chat.tools.JsonSchemas;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.chat.tools.ToolSchemas;
import dev.locret.generate.grammar.Grammar;
import dev.locret.generate.grammar.GrammarCache;
import dev.locret.generate.grammar.Language;
import dev.locret.generate.grammar.TriggeredGrammar;
import dev.locret.generate.grammar.TriggeredGrammar.Trigger;
import dev.locret.text.Tokenizer;
import java.util.List;
import java.util.function.Supplier;

/** What the answers of one model are held to. Safe to share between threads. */
public final class AnswerLanguages {
    private static final String THOUGHT = "</think>";
    private static final int CACHED_SCHEMAS = 64;
    private static final Grammar ANY_OBJECT = Grammar.anyJsonObject();

    private final Tokenizer tokenizer;
    private final ToolFormat format;
    private final boolean namesFirst;
    private final RecentLanguages composed = new RecentLanguages();
    private final GrammarCache schemas = new GrammarCache(CACHED_SCHEMAS);

    /**
     * @param namesFirst whether the model writes {@code name[ARGS]arguments}
     */
    public AnswerLanguages(Tokenizer tokenizer, ToolFormat format, boolean namesFirst) {
        this.tokenizer = tokenizer;
        this.format = format;
        this.namesFirst = namesFirst;
    }

    /**
     * The language of an answer, or null if it is free.
     *
     * @param tools that may be called
     * @param forced whether one must be
     * @param json the format of an answer without calls, or null
     * @param thinking whether the prompt has opened the thinking
     * @throws dev.locret.common.LocretException ({@code grammar}) if a schema holds what is not supported, with its path
     */
    public Language of(List<ToolSpecification> tools, boolean forced, ResponseFormat json, boolean thinking) {
        if (forced) {
            return composed("forced", tools, () -> grammars(tools).forced());
        }
        if (json == null || json.type() == ResponseFormatType.TEXT) {
            return tools.isEmpty()
                    ? null
                    : composed(
                            "free",
                            tools,
                            () -> new TriggeredGrammar(
                                    tokenizer, grammars(tools).triggers()));
        }
        if (!thinking) {
            return answer(tools, json);
        }
        return composed("thoughts and " + json, tools, () -> {
            // Models put an empty line behind their thoughts.
            Grammar space = Grammar.repeat(Grammar.literal("\n"), "", 0, 2);
            Trigger thought = new Trigger(THOUGHT, Grammar.sequence(space, answer(tools, json)), false, true);
            return new TriggeredGrammar(tokenizer, List.of(thought));
        });
    }

    private Grammar answer(List<ToolSpecification> tools, ResponseFormat json) {
        return tools.isEmpty()
                ? json(json)
                : composed(
                        "or " + json,
                        tools,
                        () -> Grammar.choice(grammars(tools).wholeAnswer(), json(json)));
    }

    private ToolGrammars grammars(List<ToolSpecification> tools) {
        return new ToolGrammars(format, namesFirst, tools, this::marker);
    }

    private <L extends Language> L composed(String kind, List<ToolSpecification> tools, Supplier<L> make) {
        return composed.get(kind + ToolSchemas.toJson(tools), make);
    }

    private Grammar json(ResponseFormat json) {
        if (json.jsonSchema() == null) {
            return ANY_OBJECT;
        }
        return schemas.ofJsonSchema(JsonSchemas.of(json.jsonSchema().rootElement()));
    }

    /** A marker of the format, which some vocabularies have as a control token. */
    private Grammar marker(String text) {
        int[] ids = tokenizer.encode(text, true);
        return ids.length == 1 && tokenizer.isSpecial(ids[0]) ? Grammar.controlToken(text) : Grammar.literal(text);
    }
}
