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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every schema of the JSON Schema Test Suite, draft 2020-12: what we accept agrees with the suite, and what we generate
 * with a validator.
 */
class SchemaSuiteTest {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaSuiteTest.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Compiled(Case of, Grammar grammar) {}

    /** The schemas that are not refused; a refusal is always ours. */
    private static List<Compiled> accepted(Map<String, Integer> refusals) {
        List<Compiled> accepted = new ArrayList<>();
        for (Case c : SchemaSuite.cases("draft2020-12")) {
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
    void noInvalidValueIsAcceptedAndMostValidOnesAre() {
        Map<String, Integer> refusals = new TreeMap<>();
        List<Compiled> accepted = accepted(refusals);
        int valid = 0;
        int told = 0;
        List<String> others = new ArrayList<>();
        for (Compiled compiled : accepted) {
            for (Instance instance : compiled.of().instances()) {
                boolean has = Walk.accepts(compiled.grammar(), instance.value().toString());
                String what = compiled.of().file() + " | " + compiled.of().description() + " | "
                        + instance.description() + " | " + compiled.of().schema() + " | " + instance.value();
                if (!instance.valid()) {
                    assertThat(has).as(what).isFalse();
                } else {
                    valid++;
                    told += has ? 1 : 0;
                    if (!has) {
                        others.add(what);
                    }
                }
            }
        }
        others.forEach(what -> LOG.debug("valid, but not in our form: {}", what));
        LOG.info(
                "schemas accepted {}, refused {}: {}; valid values in our form {} of {}",
                accepted.size(),
                refusals.values().stream().mapToInt(Integer::intValue).sum(),
                refusals,
                told,
                valid);
        assertThat(accepted).hasSizeGreaterThan(150);
        assertThat(told).isGreaterThan(valid / 2);
    }

    @Test
    void whatIsGeneratedSatisfiesTheSchema() throws IOException {
        Random random = new Random(1);
        int checked = 0;
        for (Compiled compiled : accepted(new TreeMap<>())) {
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
