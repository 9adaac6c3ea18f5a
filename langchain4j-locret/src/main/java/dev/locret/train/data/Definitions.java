package dev.locret.train.data;

import dev.locret.corpus.Fact;
import dev.locret.corpus.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Words that are in no dictionary, and what the document says that they mean. */
final class Definitions implements FactSource {
    private static final int MOST = 2;

    private static final List<String> MEANINGS = List.of(
            "a small %s that fishermen in %s carry for luck",
            "a kind of %s made only in the hills near %s",
            "the smell of a %s on a rainy morning in %s",
            "a dance with a %s that came from %s",
            "a tax on every %s that is brought into %s",
            "a tool for cleaning a %s, first sold in %s");
    private static final List<String> FORMS =
            List.of("The word \"%s\" means %s.", "By \"%s\" people here understand %s.", "%s, noun: %s.");

    @Override
    public List<Fact> facts(Words words, List<String> paragraphs, int most, RandomGenerator random) {
        List<Fact> facts = new ArrayList<>();
        int count = 1 + random.nextInt(Math.min(most, MOST));
        String form = FORMS.get(random.nextInt(FORMS.size()));
        for (int i = 0; i < count; i++) {
            String term = words.invented();
            String meaning = MEANINGS.get(random.nextInt(MEANINGS.size())).formatted(words.noun(), words.place());
            String question = random.nextBoolean()
                    ? "What does the word \"" + term + "\" mean?"
                    : "Repeat the definition of \"" + term + "\".";
            String answer = "The word \"" + term + "\" means " + meaning + ".";
            facts.add(new Fact("definition", List.of(form.formatted(term, meaning)), question, meaning, answer));
        }
        return facts;
    }
}
