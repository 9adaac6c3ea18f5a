package dev.locret.generate.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.generate.grammar.SchemaSuite.Case;
import dev.locret.generate.grammar.SchemaSuite.Instance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every schema of the JSON Schema Test Suite, draft 2020-12: what we accept agrees with the suite, and what we generate
 * with a validator.
 */
class SchemaSuiteTest {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaSuiteTest.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Valid values that are written otherwise than we write them: in another order, with members left out by us, 1.0 for 1. */
    private static final List<String> OTHER_FORMS = List.of(
            "additionalProperties are allowed by default: additional properties are allowed",
            "allOf: allOf",
            "allOf with base schema: valid",
            "anyOf complex types: both anyOf valid (complex)",
            "const with object: same object with different property order is valid",
            "const with 0 does not match other zero-like types: float zero is valid",
            "const with 1 does not match true: float one is valid",
            "const with -2.0 matches integer and float types: integer -2 is valid",
            "float and integers are equal up to 64-bit representation limits: float is valid",
            "enum with 0 does not match false: float zero is valid",
            "enum with [0] does not match [false]: [0.0] is valid",
            "enum with 1 does not match true: float one is valid",
            "enum with [1] does not match [true]: [1.0] is valid",
            "object properties validation: doesn't invalidate other properties",
            "root pointer ref: match",
            "root pointer ref: recursive match",
            "integer type matches integers: a float with zero fractional part is an integer",
            "unevaluatedProperties with anyOf: when two match and has no unevaluated properties");

    private record Compiled(Case of, Grammar grammar) {}

    /** The schemas that are not refused; a refusal is always ours. */
    private static List<Compiled> accepted(String draft, Map<String, Integer> refusals) {
        List<Compiled> accepted = new ArrayList<>();
        for (Case c : SchemaSuite.cases(draft)) {
            try {
                accepted.add(new Compiled(c, Grammar.ofJsonSchema(c.schema())));
            } catch (LocretException e) {
                assertThat(e.id()).isEqualTo(ErrorId.GRAMMAR);
                refusals.merge(e.getMessage().replaceAll("(=|>| at | \\(|: branches).*", ""), 1, Integer::sum);
            }
        }
        return accepted;
    }

    @Test
    void noInvalidValueIsAcceptedAndValidOnesAreInOurForm() {
        Map<String, Integer> refusals = new TreeMap<>();
        List<Compiled> accepted = accepted("draft2020-12", refusals);
        int valid = 0;
        List<String> others = new ArrayList<>();
        List<String> unexplained = new ArrayList<>();
        for (Compiled compiled : accepted) {
            for (Instance instance : compiled.of().instances()) {
                boolean has = Walk.accepts(compiled.grammar(), instance.value().toString());
                String what = compiled.of().description() + ": " + instance.description();
                if (!instance.valid()) {
                    assertThat(has)
                            .as(
                                    "%s, %s of %s",
                                    what, instance.value(), compiled.of().schema())
                            .isFalse();
                    continue;
                }
                valid++;
                if (!has) {
                    others.add(what);
                    if (!isOfAnotherType(compiled.of().schema(), instance.value())
                            && !compiled.of().schema().has("format")) {
                        LOG.info("valid, but not in our form: {}, {}", what, instance.value());
                        unexplained.add(what);
                    }
                }
            }
        }
        LOG.info(
                "schemas accepted {}, refused {}: {}; valid values accepted {} of {}",
                accepted.size(),
                refusals.values().stream().mapToInt(Integer::intValue).sum(),
                refusals,
                valid - others.size(),
                valid);
        assertThat(accepted).hasSizeGreaterThan(150);
        assertThat(unexplained).containsExactlyInAnyOrderElementsOf(OTHER_FORMS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"draft4", "draft6", "draft7", "draft2019-09"})
    void noInvalidValueOfOlderDraftsIsAccepted(String draft) {
        List<Compiled> accepted = accepted(draft, new TreeMap<>());
        assertThat(accepted).hasSizeGreaterThan(50);
        for (Compiled compiled : accepted) {
            for (Instance instance : compiled.of().instances()) {
                assertThat(!instance.valid()
                                && Walk.accepts(
                                        compiled.grammar(), instance.value().toString()))
                        .as("%s of %s", instance, compiled.of().schema())
                        .isFalse();
            }
        }
    }

    /** Whether a schema without a type means one, and the value is of another; see {@link SchemaTypes}. */
    private static boolean isOfAnotherType(JsonNode schema, JsonNode value) {
        return schema.isObject()
                && !schema.has("type")
                && !SchemaTypes.ofValue(value).isIn(SchemaTypes.of(schema, "#"));
    }

    @Test
    void whatIsGeneratedSatisfiesTheSchema() throws IOException {
        Random random = new Random(1);
        int checked = 0;
        for (Compiled compiled : accepted("draft2020-12", new TreeMap<>())) {
            Validator validator = new Validator(compiled.of().schema());
            for (int i = 0; i < 5; i++) {
                Walk.Result walk = Walk.random(compiled.grammar(), Vocabularies.smol(), 200, random);
                if (walk.complete()) {
                    JsonNode value = JSON.readTree(walk.bytes());
                    assertThat(validator.complaints(value))
                            .as("%s of %s", walk.text(), compiled.of().schema())
                            .isEmpty();
                    checked++;
                }
            }
        }
        assertThat(checked).isGreaterThan(300);
    }
}
