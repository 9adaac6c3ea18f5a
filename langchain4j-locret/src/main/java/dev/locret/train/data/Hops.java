package dev.locret.train.data;

import dev.locret.corpus.Fact;
import dev.locret.corpus.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Facts in two sentences that stand apart; only both together answer the question. */
final class Hops implements FactSource {
    private static final int MOST = 2;

    /** Two sentences, a question and an answer: 1 and 2 are people, 3 is a city, 4 a thing, 5 a number. */
    private record Form(String kind, String first, String second, String question, String answer, int value) {}

    private static final List<Form> FORMS = List.of(
            new Form(
                    "hop-house",
                    "%1$s lives in the same house as %2$s.",
                    "The house of %2$s is in %3$s.",
                    "In which city does %1$s live?",
                    "%1$s lives in the house of %2$s, which is in %3$s.",
                    3),
            new Form(
                    "hop-owner",
                    "The %4$s was a present for %1$s.",
                    "%1$s moved to %3$s for good.",
                    "To which city did the person move who got the %4$s?",
                    "The %4$s was a present for %1$s, who moved to %3$s.",
                    3),
            new Form(
                    "hop-teacher",
                    "%1$s was taught by %2$s.",
                    "%2$s invented the %4$s.",
                    "What did the teacher of %1$s invent?",
                    "%1$s was taught by %2$s, who invented the %4$s.",
                    4),
            new Form(
                    "hop-number",
                    "The box of %1$s has the same number as the %4$s.",
                    "The number of the %4$s is %5$s.",
                    "What is the number of the box of %1$s?",
                    "The box of %1$s has the number of the %4$s, which is %5$s.",
                    5));

    @Override
    public List<Fact> facts(Words words, List<String> paragraphs, int most, RandomGenerator random) {
        Form form = FORMS.get(random.nextInt(FORMS.size()));
        List<Fact> facts = new ArrayList<>();
        int count = 1 + random.nextInt(Math.min(most, MOST));
        for (int i = 0; i < count; i++) {
            Object[] drawn = {words.firstName(), words.firstName(), words.place(), words.noun(), words.digits()};
            facts.add(new Fact(
                    form.kind,
                    List.of(form.first.formatted(drawn), form.second.formatted(drawn)),
                    form.question.formatted(drawn),
                    drawn[form.value - 1].toString(),
                    form.answer.formatted(drawn)));
        }
        return facts;
    }
}
