package dev.locret.corpus;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Paragraphs of documents, each once, in the order of the documents. Immutable. */
public final class Corpus {
    private static final int MIN_PARAGRAPHS = 20;

    private final List<String> paragraphs;

    private Corpus(List<String> paragraphs) {
        this.paragraphs = List.copyOf(paragraphs);
    }

    /**
     * @param texts the documents
     * @throws dev.locret.common.LocretException ({@code invalid-prompt}) if they hold too little prose
     */
    public static Corpus of(List<String> texts) {
        List<String> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String text : texts) {
            for (String paragraph : Paragraphs.of(text)) {
                if (seen.add(Paragraphs.key(paragraph))) {
                    all.add(paragraph);
                }
            }
        }
        return new Corpus(all).checked("of the documents");
    }

    private Corpus checked(String what) {
        Checks.check(
                paragraphs.size() >= MIN_PARAGRAPHS,
                ErrorId.INVALID_PROMPT,
                () -> "documents: too little prose " + what + ": paragraphs=" + paragraphs.size() + ", needed="
                        + MIN_PARAGRAPHS);
        return this;
    }

    /** Leaves out a share of the paragraphs, the same ones whenever they occur, to be seen by evaluation only. */
    public Corpus withoutHeldOut(int percent) {
        return filtered(p -> Paragraphs.percentile(p) >= percent, "after holding out " + percent + " %");
    }

    /** Leaves out paragraphs that occur in other texts, by their {@link Paragraphs#key}. */
    public Corpus without(Set<String> keys) {
        return filtered(p -> !keys.contains(Paragraphs.key(p)), "that was not seen elsewhere");
    }

    private Corpus filtered(Predicate<String> kept, String what) {
        return new Corpus(paragraphs.stream().filter(kept).toList()).checked(what);
    }

    public List<String> paragraphs() {
        return paragraphs;
    }

    /** The hashes of all paragraphs. */
    public Set<String> keys() {
        Set<String> keys = new HashSet<>();
        paragraphs.forEach(p -> keys.add(Paragraphs.key(p)));
        return keys;
    }

    /** Tells these paragraphs and a purpose from others: 32 hexadecimal digits. */
    public String id(String purpose) {
        return Paragraphs.key(purpose + " " + String.join(" ", paragraphs));
    }

    /**
     * Paragraphs in a row from a random one on, after the last of which comes the first.
     *
     * @param tokens about how many tokens they have together: at most so many, but at least one paragraph
     */
    public List<String> excerpt(int tokens, TokenCount count, RandomGenerator random) {
        return excerpt(random.nextInt(paragraphs.size()), tokens, count);
    }

    /** As above, from a paragraph on. */
    public List<String> excerpt(int begin, int tokens, TokenCount count) {
        List<String> taken = new ArrayList<>();
        int total = 0;
        for (int i = begin; ; i++) {
            String paragraph = paragraphs.get(i % paragraphs.size());
            // The blank line between two paragraphs is a token.
            total += count.of(paragraph) + 1;
            if (total > tokens && !taken.isEmpty()) {
                return taken;
            }
            taken.add(paragraph);
        }
    }
}
