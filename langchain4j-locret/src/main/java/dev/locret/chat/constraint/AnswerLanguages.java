package dev.locret.chat.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.locret.chat.tools.JsonSchemas;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.chat.tools.ToolSchemas;
import dev.locret.generate.grammar.Grammar;
import dev.locret.generate.grammar.Language;
import dev.locret.generate.grammar.OpenedGrammar;
import dev.locret.generate.grammar.TriggeredGrammar;
import dev.locret.generate.grammar.TriggeredGrammar.Trigger;
import dev.locret.text.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** What the answers of one model are held to. Safe to share between threads. */
public final class AnswerLanguages {
    private static final String THOUGHT = "</think>";

    private final Tokenizer tokenizer;
    private final ToolFormat format;
    private final boolean namesFirst;
    private final GrammarCache cache = new GrammarCache();

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
            return grammar("forced", tools, () -> new ToolGrammars(format, tools).forced());
        }
        if (json == null || json.type() == ResponseFormatType.TEXT) {
            return tools.isEmpty()
                    ? null
                    : new TriggeredGrammar(tokenizer, new ToolGrammars(format, tools).triggers(namesFirst));
        }
        Language answer = tools.isEmpty() ? json(json) : callOrJson(tools, json);
        return thinking ? behindThoughts(answer) : answer;
    }

    private Grammar grammar(String kind, List<ToolSpecification> tools, Supplier<Grammar> make) {
        return cache.get(kind + ToolSchemas.toJson(tools), make);
    }

    private Grammar json(ResponseFormat json) {
        if (json.jsonSchema() == null) {
            return cache.get("object", Grammar::anyJsonObject);
        }
        JsonNode schema = JsonSchemas.of(json.jsonSchema().rootElement());
        return cache.get(schema.toString(), () -> Grammar.ofJsonSchema(schema));
    }

    private Language callOrJson(List<ToolSpecification> tools, ResponseFormat json) {
        OptionalInt opener = controlToken(format.openers().get(0));
        if (opener.isPresent() && !format.startsBare()) {
            return new OpenedGrammar(
                    json(json), Map.of(opener.getAsInt(), grammar("opened", tools, () -> new ToolGrammars(format, tools)
                            .afterOpener())));
        }
        Grammar calls = grammar("whole", tools, () -> new ToolGrammars(format, tools).wholeAnswer());
        String key = "choice" + ToolSchemas.toJson(tools) + json;
        return cache.get(key, () -> Grammar.choice(calls, json(json)));
    }

    private OptionalInt controlToken(String name) {
        int[] ids = tokenizer.encode(name, true);
        return ids.length == 1 && tokenizer.isSpecial(ids[0]) ? OptionalInt.of(ids[0]) : OptionalInt.empty();
    }

    private Language behindThoughts(Language answer) {
        return new TriggeredGrammar(tokenizer, List.of(new Trigger(THOUGHT, answer, true)));
    }
}
