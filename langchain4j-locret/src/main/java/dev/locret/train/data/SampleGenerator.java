package dev.locret.train.data;

import dev.locret.corpus.Corpus;
import dev.locret.corpus.Fact;
import dev.locret.corpus.Haystack;
import dev.locret.corpus.Split;
import dev.locret.corpus.TokenCount;
import dev.locret.corpus.Words;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** Makes samples of excerpts in which facts were hidden. Sample {@code i} of a seed is always the same. */
public final class SampleGenerator {
    private static final int MIN_QUESTIONS = 4;
    private static final int MAX_QUESTIONS = 8;

    /** How often a source is taken, by how often it stands here. */
    private static final List<FactSource> SOURCES = List.of(
            new WordedFacts("number"),
            new WordedFacts("number"),
            new WordedFacts("number"),
            new WordedFacts("secret"),
            new WordedFacts("secret"),
            new WordedFacts(null),
            new WordedFacts(null),
            new WordedFacts(null),
            new WordedFacts(null),
            new KeyValues(),
            new Quotes(),
            new Sayings(),
            new Definitions(),
            new Hops());

    private final Corpus corpus;
    private final TokenCount count;
    private final SampleOptions options;

    /**
     * @param count counts the tokens of the model that is trained, or guesses
     */
    public SampleGenerator(Corpus corpus, TokenCount count, SampleOptions options) {
        this.corpus = corpus;
        this.count = count;
        this.options = options;
    }

    /** A sample, by its number from 0 on. */
    public Sample sample(int index) {
        // Random mixes its seed before the first draw, so that neighbours have nothing in common.
        Random random = new Random(options.seed() * 1_000_003L + index);
        int tokens = random.nextInt(options.minTokens(), options.maxTokens() + 1);
        List<String> paragraphs = corpus.excerpt(tokens, count, random);
        if (random.nextInt(100) < options.texts()) {
            return new Sample(String.join("\n\n", TokenCount.shortened(paragraphs, tokens, count)), List.of());
        }
        List<Fact> facts = facts(paragraphs, tokens, random);
        int room = tokens - facts.stream().mapToInt(this::tokens).sum();
        paragraphs = shortened(paragraphs, facts, room);
        Haystack haystack = new Haystack(paragraphs);
        for (Fact fact : facts) {
            for (String sentence : fact.sentences()) {
                hide(sentence, haystack, random);
            }
        }
        Collections.shuffle(facts, random);
        return new Sample(
                haystack.text(), facts.stream().map(f -> question(f, random)).toList());
    }

    /** Few facts to a short text: they take at most a third of it. */
    private List<Fact> facts(List<String> paragraphs, int tokens, RandomGenerator random) {
        Words words = new Words(Split.TRAINING, String.join(" ", paragraphs), random);
        int wanted = random.nextInt(MIN_QUESTIONS, MAX_QUESTIONS + 1);
        List<Fact> facts = new ArrayList<>();
        int taken = 0;
        while (facts.size() < wanted && taken < tokens / 3) {
            FactSource source = SOURCES.get(random.nextInt(SOURCES.size()));
            for (Fact fact : source.facts(words, paragraphs, wanted - facts.size(), random)) {
                facts.add(fact);
                taken += tokens(fact);
            }
        }
        return facts;
    }

    /** Tokens that a fact adds to a sample. */
    private int tokens(Fact fact) {
        int total = count.of(fact.question()) + count.of(fact.answer());
        for (String sentence : fact.sentences()) {
            total += count.of(sentence) + 1;
        }
        return total;
    }

    /** Takes paragraphs off the end until the rest fits, but none that a question is about. */
    private List<String> shortened(List<String> paragraphs, List<Fact> facts, int room) {
        List<String> kept = new ArrayList<>(paragraphs);
        int total = kept.stream().mapToInt(p -> count.of(p) + 1).sum();
        for (int i = kept.size() - 1; i >= 0 && total > room && kept.size() > 1; i--) {
            List<String> before = kept.subList(0, i);
            String paragraph = kept.get(i);
            boolean needed = facts.stream()
                    .filter(f -> f.sentences().isEmpty() && paragraph.contains(f.value()))
                    .anyMatch(f -> before.stream().noneMatch(p -> p.contains(f.value())));
            if (!needed) {
                total -= count.of(paragraph) + 1;
                kept.remove(i);
            }
        }
        return kept;
    }

    private static void hide(String sentence, Haystack haystack, RandomGenerator random) {
        if (sentence.endsWith(".") && random.nextBoolean()) {
            haystack.hideInside(sentence, random);
        } else {
            haystack.hide(sentence, random);
        }
    }

    /** Mostly whole sentences, as chat models answer; at times the value alone. */
    private static Sample.Question question(Fact fact, RandomGenerator random) {
        return new Sample.Question(fact.question(), random.nextInt(5) == 0 ? fact.value() : fact.answer());
    }
}
