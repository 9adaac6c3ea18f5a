package dev.locret.train.data;

import dev.locret.corpus.Fact;
import dev.locret.corpus.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A table of keys and numbers, written in one of several ways, of which a few are asked for. */
final class KeyValues implements FactSource {
    private static final int MIN_PAIRS = 4;
    private static final int MAX_PAIRS = 12;
    private static final int MOST = 2;

    /** How a pair is written, what separates pairs, and what stands around them. */
    private record Style(String pair, String separator, String table) {}

    private static final List<Style> STYLES = List.of(
            new Style("\"%s\": %s", ", ", "{%s}"),
            new Style("%s: %s", "\n", "%s"),
            new Style("%s = %s", "; ", "Settings: %s."),
            new Style("| %s | %s |", "\n", "| item | number |\n|---|---|\n%s"));

    @Override
    public List<Fact> facts(Words words, List<String> paragraphs, int most, RandomGenerator random) {
        Style style = STYLES.get(random.nextInt(STYLES.size()));
        int count = random.nextInt(MIN_PAIRS, MAX_PAIRS + 1);
        List<String> keys = new ArrayList<>();
        List<String> values = new ArrayList<>();
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(words.noun());
            values.add(words.digits());
            pairs.add(style.pair.formatted(keys.get(i), values.get(i)));
        }
        String table = style.table.formatted(String.join(style.separator, pairs));
        List<Fact> facts = new ArrayList<>();
        int asked = Math.min(most, MOST);
        // Different keys: every second one from a random one on.
        int begin = random.nextInt(count);
        for (int i = 0; i < asked; i++) {
            int at = (begin + 2 * i) % count;
            String question = "Which number does the table give for \"" + keys.get(at) + "\"?";
            String answer = "The number for \"" + keys.get(at) + "\" is " + values.get(at) + ".";
            facts.add(new Fact("key-value", i == 0 ? List.of(table) : List.of(), question, values.get(at), answer));
        }
        return facts;
    }
}
