package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import dev.locret.common.Checks;
import dev.locret.common.ErrorId;

/** Steps that the compilation of one schema may take, so that it ends within about a second whatever the schema. */
final class Budget {
    /** Steps are visits of a value, of a place of an expression, of a byte's path, or the like. */
    static final long STEPS = 10_000_000;

    private long spent;

    /**
     * @throws dev.locret.common.LocretException ({@code grammar}) if that is too much
     */
    void spend(long steps) {
        spent += steps;
        Checks.check(
                spent <= STEPS, ErrorId.GRAMMAR, () -> "grammar: too complex: steps>" + STEPS + ", allowed=" + STEPS);
    }

    /** Spends as many steps as a value has values inside; to be called before it is copied. */
    void spendOn(JsonNode value) {
        spend(10);
        if (value.isContainerNode()) {
            value.forEach(this::spendOn);
        }
    }
}
