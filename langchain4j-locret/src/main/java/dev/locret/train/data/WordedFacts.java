package dev.locret.train.data;

import dev.locret.corpus.Fact;
import dev.locret.corpus.Split;
import dev.locret.corpus.Wording;
import dev.locret.corpus.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** One to four facts in one wording, so that the question decides which one is meant. */
final class WordedFacts implements FactSource {
    private static final int MOST = 4;

    private final List<Wording> wordings;

    /**
     * @param kind of which kind the wordings are, or null for all
     */
    WordedFacts(String kind) {
        wordings = Wording.of(Split.TRAINING).stream()
                .filter(w -> kind == null || w.kind().equals(kind))
                .toList();
    }

    @Override
    public List<Fact> facts(Words words, List<String> paragraphs, int most, RandomGenerator random) {
        Wording wording = wordings.get(random.nextInt(wordings.size()));
        int count = 1 + random.nextInt(Math.min(most, MOST));
        List<Fact> facts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            facts.add(wording.fact(words));
        }
        return facts;
    }
}
