package dev.locret.eval;

import dev.locret.corpus.Corpus;
import dev.locret.corpus.Fact;
import dev.locret.corpus.Haystack;
import dev.locret.corpus.Split;
import dev.locret.corpus.TokenCount;
import dev.locret.corpus.Wording;
import dev.locret.corpus.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Facts hidden in natural text, each asked for by name: kinds take turns. Depths are spread evenly and moved a little, so
 * that few documents cover the whole range. Words are those of {@link Split#EVALUATION}.
 */
final class NeedleTask implements Task {
    private final String name;
    private final List<Wording> wordings;
    private final int needles;
    private final Corpus corpus;
    private final TokenCount count;

    /**
     * @param kinds kinds of {@link Wording} that take turns
     * @param needles how many to a document
     */
    NeedleTask(String name, List<String> kinds, int needles, Corpus corpus, TokenCount count) {
        this.name = name;
        this.wordings =
                kinds.stream().map(kind -> Wording.of(Split.EVALUATION, kind)).toList();
        this.needles = needles;
        this.corpus = corpus;
        this.count = count;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        List<String> excerpt = corpus.excerpt(tokens, count, random);
        Words words = new Words(Split.EVALUATION, String.join(" ", excerpt), random);
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < needles; i++) {
            facts.add(wordings.get(i % wordings.size()).fact(words));
        }
        int room = tokens
                - facts.stream()
                        .mapToInt(f -> count.of(f.sentences().get(0)) + 1)
                        .sum();
        Haystack haystack = new Haystack(TokenCount.shortened(excerpt, room, count));
        int[] places = Draws.permutation(needles, random);
        List<Query> queries = new ArrayList<>();
        for (int i = 0; i < needles; i++) {
            Fact fact = facts.get(i);
            double depth = (places[i] + random.nextDouble()) / needles;
            haystack.hide(fact.sentences().get(0), depth);
            queries.add(Query.ofFact(fact, depth));
        }
        return new Item(haystack.text(), queries, null);
    }
}
