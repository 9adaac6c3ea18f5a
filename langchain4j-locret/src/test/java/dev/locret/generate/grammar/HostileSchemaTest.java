package dev.locret.generate.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.TokenConstraint;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schemas that are refused: what is not supported, by its path, and what would cost without measure. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class HostileSchemaTest {
    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        LocretException.class, e -> assertThat(e.id()).isEqualTo(ErrorId.GRAMMAR))
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'not':{}} | schema: keyword is not supported: not={} at #",
                "{'properties':{'a/b':{'items':{'if':true}}}} | schema: keyword is not supported: if=true at #/properties/a~1b/items",
                "{'type':'array','uniqueItems':true} | schema: keyword is not supported: uniqueItems=true at #",
                "{'minLenght':3} | schema: keyword is not supported: minLenght=3 at #",
                "{'type':'text'} | schema: type is unknown: type=text at #",
                "{'pattern':'(?=a)b'} | pattern: look-around is not supported at character 1: (?=a)b at #",
                "{'pattern':'(?<!a)b'} | pattern: look-around is not supported at character 3: (?<!a)b at #",
                "{'pattern':'(a)\\\\1'} | pattern: back-reference is not supported at character 5: (a)\\1 at #",
                "{'pattern':'a\\\\b'} | pattern: word boundary is not supported at character 3: a\\b at #",
                "{'pattern':'(a'} | pattern: unclosed '(' at character 2: (a at #",
                "{'pattern':'(?i)a'} | pattern: group of an unknown kind at character 2: (?i)a at #",
                "{'type':null} | schema: type is unknown: type=null at #",
                "{'minProperties':1,'maxProperties':0} | grammar: has no sentence: nothing can satisfy it",
                "{'pattern':'*'} | pattern: nothing to repeat at character 0: * at #",
                "{'format':'regex'} | schema: format is not supported: format=regex, known are date, date-time, duration, email, hostname, ipv4, ipv6, time, uri, uri-reference, uuid at #",
                "{'$ref':'http://example.com/x'} | schema: reference is not supported (only # and #/… are): $ref=http://example.com/x at #",
                "{'$ref':'#/nowhere'} | schema: reference leads nowhere: $ref=#/nowhere at #",
                "{'oneOf':[{'type':'integer'},{'type':'number'}]} | schema: oneOf is supported only where no value can satisfy two branches (use anyOf): branches 0 and 1 at #",
                "{'minimum':1e400} | schema: bound is no number of at most 100 digits: minimum=\"Infinity\" at #",
                "{'minItems':-1} | schema: minItems is no count: minItems=-1 at #",
                "{'items':3} | schema: is neither object nor boolean: 3 at #/items",
                "{'multipleOf':0.3} | schema: keyword is not supported: multipleOf=0.3 at #",
                "false | grammar: has no sentence: nothing can satisfy it",
                "{'minLength':3,'maxLength':2} | grammar: has no sentence: nothing can satisfy it",
                "{'type':'integer','minimum':3,'maximum':2} | grammar: has no sentence: nothing can satisfy it",
                "{'enum':[]} | grammar: has no sentence: nothing can satisfy it",
                "{'properties':{'a':{'$ref':'#'}},'required':['a']} | grammar: has no sentence: nothing can satisfy it",
                "{'pattern':'^a$','minLength':2} | grammar: has no sentence: nothing can satisfy it",
                "{'$ref':'#'} | grammar: has no sentence: nothing can satisfy it",
                "{'allOf':[{'$ref':'#'}]} | schema: refers to itself without progress: $ref=# at #/allOf/0/allOf/0",
                "{'anyOf':[{'$ref':'#'},{'type':'null'}]} | grammar: refers to itself without progress: a part begins with itself",
                "{'const':'\\ud800'} | schema: text holds half a surrogate pair at #"
            })
    void whatIsNotSupportedIsNamed(String schema, String message) {
        assertRefused(() -> JsonSchemaTest.grammar(schema), message);
    }

    private static ObjectNode nested(int levels) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        ObjectNode inner = schema;
        for (int i = 0; i < levels; i++) {
            inner = inner.putObject("items");
        }
        return schema;
    }

    @Test
    void deepNestingIsRefusedBeforeAnythingRecurses() {
        assertThatThrownBy(() -> Grammar.ofJsonSchema(nested(10_000)))
                .isInstanceOf(LocretException.class)
                .hasMessageStartingWith("schema: nests too deep: depth>200, allowed=200 at #/items/items");
        String text = "{\"items\":".repeat(10_000) + "{}" + "}".repeat(10_000);
        assertThatThrownBy(() -> Grammar.ofJsonSchema(text))
                .isInstanceOf(LocretException.class)
                .hasMessageStartingWith("schema: cannot be read: Document nesting depth (1001) exceeds");
        assertThat(Walk.accepts(Grammar.ofJsonSchema(nested(150)), "[[[]]]")).isTrue();
    }

    @Test
    void exponentialAlternativesStayLinear() {
        // Each level has four equal branches: 4^60 ways to read a text, but only as many places as the schema has.
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        ObjectNode defs = schema.putObject("$defs");
        for (int level = 0; level < 60; level++) {
            ArrayNode branches = defs.putObject("l" + level).putArray("anyOf");
            for (int i = 0; i < 4; i++) {
                branches.addObject()
                        .putObject("items")
                        .put("$ref", level == 59 ? "#/$defs/end" : "#/$defs/l" + (level + 1));
            }
        }
        defs.putObject("end").put("type", "null");
        schema.put("$ref", "#/$defs/l0");
        Grammar grammar = Grammar.ofJsonSchema(schema);
        assertThat(Walk.accepts(grammar, "[".repeat(60) + "null" + "]".repeat(60)))
                .isTrue();
        assertThat(Walk.begins(grammar, "[".repeat(61))).isFalse();
    }

    @Test
    void catastrophicExpressionsAreJustAutomata() {
        Grammar grammar = JsonSchemaTest.grammar("{'pattern':'^(a+)+b$'}");
        assertThat(Walk.begins(grammar, "\"" + "a".repeat(10_000))).isTrue();
        assertThat(Walk.accepts(grammar, "\"" + "a".repeat(10_000) + "\"")).isFalse();
    }

    @Test
    void expressionsThatNeedTooManyStatesAreRefused() {
        assertRefused(
                () -> JsonSchemaTest.grammar("{'pattern':'(a|b)*a(a|b){20}'}"),
                "pattern: automaton is too large: states>10000, allowed=10000 at #");
        assertRefused(
                () -> JsonSchemaTest.grammar("{'pattern':'^((a{100}){100}){100}$'}"),
                "pattern: too large: places>20000, allowed=20000 at #");
        assertRefused(
                () -> JsonSchemaTest.grammar("{'pattern':'a{100000}'}"),
                "pattern: count above 10000 at character 8: a{100000} at #");
        assertRefused(
                () -> JsonSchemaTest.grammar("{'pattern':'" + "(".repeat(5000) + "'}"),
                "pattern: more than 100 groups at character 101: " + "(".repeat(80) + "… at #");
        assertRefused(
                () -> JsonSchemaTest.grammar("{'pattern':'" + "a".repeat(10_001) + "'}"),
                "pattern: too long: characters=10001, allowed=10000 at #");
    }

    @Test
    void longStringsAreCountedNotUnrolled() {
        Grammar grammar = JsonSchemaTest.grammar("{'minLength':9999,'maxLength':10000}");
        assertThat(Walk.accepts(grammar, "\"" + "x".repeat(10_000) + "\"")).isTrue();
        assertThat(Walk.accepts(grammar, "\"" + "x".repeat(9_998) + "\"")).isFalse();
        assertThat(Walk.accepts(grammar, "\"" + "x".repeat(10_001) + "\"")).isFalse();
    }

    private static final String TOO_COMPLEX = "grammar: too complex: steps>10000000, allowed=10000000";

    @Test
    void workThatMultipliesIsRefused() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        ArrayNode required = schema.put("type", "object").putArray("required");
        ArrayNode branches = schema.putArray("anyOf");
        for (int i = 0; i < 50_000; i++) {
            required.add("name");
            branches.addObject().put("minLength", i);
        }
        assertRefused(() -> Grammar.ofJsonSchema(schema), TOO_COMPLEX);
        ObjectNode lists = JsonNodeFactory.instance.objectNode();
        ArrayNode disjoint = lists.putArray("oneOf");
        for (int i = 0; i < 100; i++) {
            ArrayNode values = disjoint.addObject().putArray("enum");
            for (int k = 0; k < 1900; k++) {
                values.add(i * 10_000 + k);
            }
        }
        assertRefused(() -> Grammar.ofJsonSchema(lists), TOO_COMPLEX);
    }

    @Test
    void manyDearPatternsAreRefusedManyEqualOnesAreNot() {
        ObjectNode dear = JsonNodeFactory.instance.objectNode();
        ObjectNode alike = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < 500; i++) {
            dear.withObject("/properties/a" + i).put("pattern", "(a|b)*a(a|b){9}" + i);
            alike.withObject("/properties/a" + i).put("format", "email");
        }
        assertThatThrownBy(() -> Grammar.ofJsonSchema(dear))
                .isInstanceOf(LocretException.class)
                .hasMessageStartingWith(TOO_COMPLEX + " at #/properties/a");
        assertThat(Walk.accepts(Grammar.ofJsonSchema(alike), "{\"a7\":\"b@c.de\"}"))
                .isTrue();
    }

    @Test
    void textThatIsNoSchemaIsRefused() {
        assertThatThrownBy(() -> Grammar.ofJsonSchema("{\"type\":"))
                .isInstanceOf(LocretException.class)
                .hasMessageStartingWith("schema: cannot be read: ");
        assertRefused(() -> Grammar.ofJsonSchema(""), "schema: is neither object nor boolean:  at #");
        assertRefused(() -> Grammar.ofJsonSchema("[]"), "schema: is neither object nor boolean: [] at #");
    }

    @Test
    void hugeSchemasAreRefused() {
        ArrayNode values = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 250_000; i++) {
            values.add(i);
        }
        assertRefused(
                () -> Grammar.ofJsonSchema(JsonNodeFactory.instance.objectNode().set("enum", values)),
                "schema: is too large: values>200000, allowed=200000 at #/enum");
    }

    @Test
    void recursionFindsItsWayBackBeforeReadersGiveUp() {
        Grammar grammar = Grammar.anyJson();
        TokenConstraint constraint = grammar.start(Vocabularies.bytes());
        int depth = 0;
        for (; Walk.allows(constraint.allowed(), '['); depth++) {
            constraint.accept('[');
        }
        // Jackson reads 1000 brackets within each other.
        assertThat(depth).isBetween(100, 1000);
        assertThat(Walk.accepts(grammar, "[".repeat(depth) + "]".repeat(depth))).isTrue();
    }
}
