package dev.locret.eval;

import dev.locret.corpus.Corpus;
import dev.locret.corpus.Haystack;
import dev.locret.corpus.Split;
import dev.locret.corpus.TokenCount;
import dev.locret.corpus.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** RULER's needles in a haystack, all eight of them: they differ in haystack, keys, values and how many are asked for. */
final class NiahTask implements Task {
    private static final int MAX_TOKENS = 128;

    /** What needles are hidden in. */
    enum Hay {
        NOISE,
        /** RULER takes essays; here the user's documents. */
        TEXT,
        /** Other needles. */
        NEEDLES
    }

    /**
     * @param keys how many keys are hidden; with {@link Hay#NEEDLES} as many as fit
     * @param values values of each key
     * @param asked keys that are asked for, all in one question
     */
    record Form(String name, Hay hay, boolean uuidKeys, boolean uuidValues, int keys, int values, int asked) {
        static final List<Form> ALL = List.of(
                new Form("niah-single-1", Hay.NOISE, false, false, 1, 1, 1),
                new Form("niah-single-2", Hay.TEXT, false, false, 1, 1, 1),
                new Form("niah-single-3", Hay.TEXT, false, true, 1, 1, 1),
                new Form("niah-multikey-1", Hay.TEXT, false, false, 4, 1, 1),
                new Form("niah-multikey-2", Hay.NEEDLES, false, false, 1, 1, 1),
                new Form("niah-multikey-3", Hay.NEEDLES, true, true, 1, 1, 1),
                new Form("niah-multivalue", Hay.TEXT, false, false, 1, 4, 1),
                new Form("niah-multiquery", Hay.TEXT, false, false, 4, 1, 4));

        private boolean many() {
            return values * asked > 1;
        }

        private String noun() {
            return (uuidValues ? "uuid" : "number") + (many() ? "s" : "");
        }
    }

    private final Form form;
    private final Corpus corpus;
    private final TokenCount count;

    NiahTask(Form form, Corpus corpus, TokenCount count) {
        this.form = form;
        this.corpus = corpus;
        this.count = count;
    }

    @Override
    public String name() {
        return form.name;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        String introduction =
                (form.many() ? "Some special magic " + form.noun() + " are" : "A special magic " + form.noun() + " is")
                        + " hidden within the following text. Make sure to memorize it. I will quiz you about the "
                        + form.noun() + " afterwards.";
        int room = tokens - count.of(introduction);
        List<String> text = form.hay == Hay.TEXT ? corpus.excerpt(room, count, random) : List.of();
        Words words = new Words(Split.EVALUATION, String.join(" ", text), random);
        List<String> keys = new ArrayList<>();
        List<String> values = new ArrayList<>();
        List<String> needles = new ArrayList<>();
        for (int i = 0; i < form.keys * form.values; i++) {
            keys.add(i % form.values == 0 ? key(words, random) : keys.get(i - 1));
            values.add(value(words, random));
            needles.add(needle(keys.get(i), values.get(i)));
        }
        int hidden = needles.stream().mapToInt(n -> count.of(n) + 1).sum();
        Haystack haystack = new Haystack(hay(text, room - hidden, words, random));
        double depth = 0;
        for (String needle : needles) {
            depth = random.nextDouble();
            haystack.hide(needle, depth);
        }
        int asked = form.asked * form.values;
        String name = "special magic " + form.noun() + " for "
                + listed(keys.subList(0, asked).stream().distinct().toList()) + " mentioned in the provided text";
        Query query = new Query(
                        form.name,
                        (form.many() ? "What are all the " : "What is the ") + name + "?",
                        List.copyOf(values.subList(0, asked)),
                        Scorer.CONTAINS_ALL,
                        needles.size() == 1 ? depth : -1,
                        MAX_TOKENS,
                        Query.PARAGRAPH)
                .opened("The " + name + (form.many() ? " are" : " is"));
        return new Item(introduction + "\n\n" + haystack.text(), List.of(query), null);
    }

    private List<String> hay(List<String> text, int tokens, Words words, RandomGenerator random) {
        return switch (form.hay) {
            case NOISE -> Noise.paragraphs(tokens, count);
            case TEXT -> TokenCount.shortened(text, tokens, count);
            case NEEDLES -> {
                List<String> others = new ArrayList<>();
                int total = 0;
                while (total < tokens) {
                    others.add(needle(key(words, random), value(words, random)));
                    total += count.of(others.get(others.size() - 1)) + 1;
                }
                yield others;
            }
        };
    }

    private String key(Words words, RandomGenerator random) {
        return form.uuidKeys ? Draws.uuid(random) : words.noun();
    }

    private String value(Words words, RandomGenerator random) {
        return form.uuidValues ? Draws.uuid(random) : words.number();
    }

    private String needle(String key, String value) {
        String noun = form.uuidValues ? "uuids" : "numbers";
        return "One of the special magic " + noun + " for " + key + " is: " + value + ".";
    }

    private static String listed(List<String> keys) {
        return keys.size() == 1
                ? keys.get(0)
                : String.join(", ", keys.subList(0, keys.size() - 1)) + ", and " + keys.get(keys.size() - 1);
    }
}
