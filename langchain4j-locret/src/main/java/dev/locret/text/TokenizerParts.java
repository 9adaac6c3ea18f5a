package dev.locret.text;

import dev.locret.text.Tokenizer.IntList;
import java.util.List;

/**
 * What a tokenizer file amounts to.
 *
 * @param source the file, for messages
 * @param bosId -1 if there is none
 * @param eosId the end-of-text token that the file declares, else the first of {@code eosIds}, else -1
 * @param eosIds every token that ends an answer, ascending
 * @param startsWithSpace whether decoding takes one space from the start
 */
record TokenizerParts(
        String source,
        Vocabulary vocabulary,
        SpecialTokens specials,
        FragmentEncoder encoder,
        int bosId,
        boolean addsBos,
        int eosId,
        List<Integer> eosIds,
        boolean startsWithSpace) {

    /** Encodes text in which no token is to be found whole. */
    @FunctionalInterface
    interface FragmentEncoder {
        /**
         * Appends the ids of {@code text}.
         *
         * @param first whether the text stands at the very start
         * @param afterToken whether a token was found right in front of it
         */
        void encode(String text, boolean first, boolean afterToken, IntList ids);
    }
}
