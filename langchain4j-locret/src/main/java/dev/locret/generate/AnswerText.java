package dev.locret.generate;

import dev.locret.text.IncrementalDecoder;
import dev.locret.text.Tokenizer;
import java.util.List;
import java.util.Set;

/** Text of an answer as its tokens come: whole code points, without control tokens but those
 * that are asked for, up to a stop text. */
public final class AnswerText {
    private final Tokenizer tokenizer;
    private final IncrementalDecoder decoder;
    private final StopCondition stops;
    private final StringBuilder text = new StringBuilder();

    /** A text that shows no control tokens. */
    public AnswerText(Tokenizer tokenizer, List<String> stops) {
        this(tokenizer, stops, Set.of());
    }

    /**
     * @param tokenizer the model's, or null if it has none: then there is no text
     * @param shown control tokens whose names are part of the text
     */
    public AnswerText(Tokenizer tokenizer, List<String> stops, Set<Integer> shown) {
        this.tokenizer = tokenizer;
        this.decoder = tokenizer == null
                ? null
                : new IncrementalDecoder(tokenizer, id -> tokenizer.isSpecial(id) && !shown.contains(id));
        this.stops = new StopCondition(stops);
    }

    /** Takes a token and returns the text to give out, possibly none. */
    public String append(int token) {
        // Output matrices are often padded to more rows than there are tokens; such a row has no text.
        if (tokenizer == null || token >= tokenizer.vocabularySize()) {
            return "";
        }
        return add(stops.append(decoder.append(token)));
    }

    /** Whether a stop text came. */
    public boolean stopped() {
        return stops.stopped();
    }

    /**
     * Ends the text and returns the rest of it.
     *
     * @param cut whether the answer was cut off: then a character of which only some bytes came is left out; else it is
     *     what the model wrote and becomes U+FFFD
     */
    public String finish(boolean cut) {
        if (decoder == null) {
            return "";
        }
        String last = cut ? "" : stops.append(decoder.finish());
        return add(last + stops.finish());
    }

    private String add(String piece) {
        text.append(piece);
        return piece;
    }

    /** All text so far. */
    public String text() {
        return text.toString();
    }
}
