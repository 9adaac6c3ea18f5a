package dev.locret.train.data;

import dev.locret.corpus.Fact;
import dev.locret.corpus.Paragraphs;
import dev.locret.corpus.Words;
import java.util.List;
import java.util.random.RandomGenerator;

/** Asks for a sentence that the document holds anyway, by its beginning. */
final class Quotes implements FactSource {
    private static final int CUE_WORDS = 6;
    private static final int MIN_WORDS = 12;
    private static final int MAX_WORDS = 30;
    private static final int TRIES = 20;

    @Override
    public List<Fact> facts(Words words, List<String> paragraphs, int most, RandomGenerator random) {
        for (int i = 0; i < TRIES; i++) {
            List<String> sentences = Paragraphs.sentences(paragraphs.get(random.nextInt(paragraphs.size())));
            String sentence = sentences.get(random.nextInt(sentences.size()));
            String[] parts = sentence.split(" ");
            if (parts.length >= MIN_WORDS && parts.length <= MAX_WORDS) {
                String cue = String.join(" ", List.of(parts).subList(0, CUE_WORDS));
                String question = random.nextBoolean()
                        ? "Quote the sentence that begins with: " + cue
                        : "How does the sentence go on that begins with \"" + cue + "\"?";
                return List.of(new Fact("quote", List.of(), question, sentence, sentence));
            }
        }
        return List.of();
    }
}
