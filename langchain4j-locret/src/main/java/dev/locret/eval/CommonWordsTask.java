package dev.locret.eval;

import dev.locret.corpus.Split;
import dev.locret.corpus.TokenCount;
import dev.locret.corpus.Words;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;

/** RULER's common words: in a list of words ten stand often, all others seldom. */
final class CommonWordsTask implements Task {
    static final String NAME = "common-words";

    private static final String INTRODUCTION =
            "Below is a numbered list of words. In these words, some appear more often"
                    + " than others. Memorize the ones that appear most often.";
    private static final int COMMON = 10;
    private static final int OFTEN = 30;
    private static final int SELDOM = 3;
    private static final int MAX_TOKENS = 120;

    private final TokenCount count;

    CommonWordsTask(TokenCount count) {
        this.count = count;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        Words words = new Words(Split.EVALUATION, "", random);
        List<String> common = new ArrayList<>();
        for (int i = 0; i < COMMON; i++) {
            common.add(words.noun());
        }
        List<String> list = new ArrayList<>();
        // A short list holds the common ones less often, but always more often than others.
        int often = Math.max(SELDOM + 2, Math.min(OFTEN, tokens / (COMMON * 12)));
        common.forEach(word -> list.addAll(Collections.nCopies(often, word)));
        int total = count.of(INTRODUCTION) + count.of(numbered(list));
        while (total < tokens) {
            String word = "un" + words.invented();
            if (!list.contains(word)) {
                list.addAll(Collections.nCopies(SELDOM, word));
                total += SELDOM * (count.of(" 1000. " + word));
            }
        }
        Collections.shuffle(list, new Random(random.nextLong()));
        Query query = new Query(
                        NAME,
                        "What are the " + COMMON + " most common words in the above list?",
                        common,
                        Scorer.CONTAINS_ALL,
                        -1,
                        MAX_TOKENS,
                        null)
                .opened("The top " + COMMON + " words that appear most often in the list are:");
        return new Item(INTRODUCTION + "\n\n" + numbered(list), List.of(query), null);
    }

    private static String numbered(List<String> words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            text.append(i == 0 ? "" : " ").append(i + 1).append(". ").append(words.get(i));
        }
        return text.toString();
    }
}
