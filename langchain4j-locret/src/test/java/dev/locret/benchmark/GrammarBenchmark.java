package dev.locret.benchmark;

import dev.locret.generate.TokenConstraint;
import dev.locret.generate.grammar.Grammar;
import dev.locret.generate.grammar.Schemas;
import dev.locret.generate.grammar.TokenVocabulary;
import dev.locret.generate.grammar.Vocabularies;
import dev.locret.generate.grammar.Walk;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a grammar costs for one token: the mask, and going on by the token that was chosen. Percentiles over random
 * answers to {@link Schemas}: {@code cold} makes the grammar anew for each answer, {@code warm} keeps it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 5)
@Fork(1)
public class GrammarBenchmark {
    private record Answer(String schema, int[] tokens) {}

    @Param({"smol", "large"})
    public String vocabulary;

    @Param({"cold", "warm"})
    public String grammars;

    private final List<Answer> answers = new ArrayList<>();
    private final List<Grammar> kept = new ArrayList<>();
    private TokenVocabulary tokens;
    private TokenConstraint constraint;
    private int answer = -1;
    private int at;

    @Setup
    public void walk() {
        tokens = vocabulary.equals("smol") ? Vocabularies.smol() : Vocabularies.large();
        Random random = new Random(5);
        for (int round = 0; round < 4; round++) {
            for (String schema : Schemas.ALL) {
                Grammar grammar = Grammar.ofJsonSchema(Schemas.parse(schema));
                int[] walked = Walk.random(grammar, tokens, 100, random).tokens().stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
                answers.add(new Answer(schema, walked));
                kept.add(grammar);
            }
        }
        at = Integer.MAX_VALUE;
    }

    @Setup(Level.Invocation)
    public void nextAnswer() {
        while (answer < 0 || at >= answers.get(answer).tokens().length) {
            answer = (answer + 1) % answers.size();
            Grammar grammar = grammars.equals("warm")
                    ? kept.get(answer)
                    : Grammar.ofJsonSchema(Schemas.parse(answers.get(answer).schema()));
            constraint = grammar.start(tokens);
            at = 0;
        }
    }

    @Benchmark
    public long[] token() {
        long[] allowed = constraint.allowed();
        constraint.accept(answers.get(answer).tokens()[at++]);
        return allowed;
    }
}
