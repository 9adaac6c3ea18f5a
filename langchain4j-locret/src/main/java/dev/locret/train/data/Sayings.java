package dev.locret.train.data;

import dev.locret.corpus.Fact;
import dev.locret.corpus.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What people say, and who says what. */
final class Sayings implements FactSource {
    private static final int MOST = 3;

    private static final List<String> SAYINGS = List.of(
            "I would never sell the %s",
            "Nobody in this house has ever liked the %s",
            "The %s must be ready before the guests arrive",
            "Without the %s we cannot begin",
            "My grandmother always kept a %s beside her bed",
            "It was the %s that made all the trouble",
            "Give the %s back to the children",
            "I have dreamt of the %s again");
    private static final List<String> SPEAKERS = List.of(
            "\"%2$s,\" said %1$s.",
            "%1$s said, \"%2$s.\"", "\"%2$s,\" whispered %1$s to the others.", "%1$s wrote in a letter: \"%2$s.\"");

    @Override
    public List<Fact> facts(Words words, List<String> paragraphs, int most, RandomGenerator random) {
        List<Fact> facts = new ArrayList<>();
        int count = 1 + random.nextInt(Math.min(most, MOST));
        String saying = SAYINGS.get(random.nextInt(SAYINGS.size()));
        for (int i = 0; i < count; i++) {
            String thing = words.noun();
            String person = words.person();
            String said = saying.formatted(thing);
            String sentence = SPEAKERS.get(random.nextInt(SPEAKERS.size())).formatted(person, said);
            facts.add(
                    random.nextBoolean()
                            ? new Fact(
                                    "speaker",
                                    List.of(sentence),
                                    "Who said: \"" + said + "\"?",
                                    person,
                                    person + " said that.")
                            : new Fact(
                                    "saying",
                                    List.of(sentence),
                                    "What did " + person + " say?",
                                    thing,
                                    person + " said: \"" + said + ".\""));
        }
        return facts;
    }
}
