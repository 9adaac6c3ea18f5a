package dev.locret.train.data;

import dev.locret.corpus.Fact;
import dev.locret.corpus.Words;
import java.util.List;
import java.util.random.RandomGenerator;

/** Invents facts to ask a document for, or finds them in it. */
interface FactSource {
    /**
     * Facts that belong together, such as several of one wording.
     *
     * @param paragraphs the document before anything is hidden in it
     * @param most how many at most
     * @return none if the document does not lend itself
     */
    List<Fact> facts(Words words, List<String> paragraphs, int most, RandomGenerator random);
}
