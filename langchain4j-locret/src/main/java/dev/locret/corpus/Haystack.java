package dev.locret.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Hides sentences between paragraphs. */
public final class Haystack {
    private final List<String> paragraphs;

    /**
     * @param paragraphs the text around what is hidden
     */
    public Haystack(List<String> paragraphs) {
        this.paragraphs = new ArrayList<>(paragraphs);
    }

    /** Hides a sentence as a paragraph of its own at a random place. */
    public void hide(String sentence, RandomGenerator random) {
        paragraphs.add(random.nextInt(paragraphs.size() + 1), sentence);
    }

    /** Hides a sentence inside a paragraph, or between two if the paragraph is a single sentence. */
    public void hideInside(String sentence, RandomGenerator random) {
        int place = random.nextInt(paragraphs.size());
        List<String> sentences = new ArrayList<>(Paragraphs.sentences(paragraphs.get(place)));
        if (sentences.size() < 2) {
            paragraphs.add(place, sentence);
        } else {
            sentences.add(random.nextInt(1, sentences.size()), sentence);
            paragraphs.set(place, String.join(" ", sentences));
        }
    }

    /**
     * Hides a sentence at a depth.
     *
     * @param depth 0 for the beginning, 1 for the end of the text
     */
    public void hide(String sentence, double depth) {
        long characters = paragraphs.stream().mapToLong(String::length).sum();
        long before = 0;
        int place = 0;
        while (place < paragraphs.size() && before + paragraphs.get(place).length() / 2 < depth * characters) {
            before += paragraphs.get(place++).length();
        }
        paragraphs.add(place, sentence);
    }

    /** The text. */
    public String text() {
        return String.join("\n\n", paragraphs);
    }
}
