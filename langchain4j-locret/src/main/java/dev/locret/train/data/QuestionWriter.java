package dev.locret.train.data;

import dev.locret.corpus.Paragraphs;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Has a model ask about a passage and answer itself, and keeps what can be trained on: models, small ones above all, ask
 * the same again, leave the answer out, or answer from elsewhere.
 */
final class QuestionWriter {
    /** Why something that the model wrote is left out. */
    enum Rejection {
        NO_QUESTION,
        DUPLICATE,
        EMPTY_ANSWER,
        ANSWER_NOT_IN_PASSAGE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private static final String ASK =
            "\n\nWrite one short question that the text above answers. Write the question only.";
    private static final String ANSWER = "\n\nAnswer in one short sentence with words of the text above: ";
    /** High enough to ask differently about texts that are alike. */
    private static final double TEMPERATURE = 0.8;

    private static final int MIN_QUESTION = 10;
    private static final int MAX_QUESTION = 250;
    /** Shorter words hold sentences together and may come from anywhere. */
    private static final int CONTENT_WORD = 4;

    /** The first question of an answer, without a title, a number or quotation marks. */
    private static final Pattern QUESTION =
            Pattern.compile("(?im)^[\\s*\"'“-]*(?:(?:question|q)?\\s*\\d*\\s*[:.)]\\s*)?[*\"'“\\s]*([^?？\\n]+[?？])");

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

    private final TextModel model;
    private final Set<String> asked = new HashSet<>();
    private final Map<Rejection, Integer> rejected = new EnumMap<>(Rejection.class);

    QuestionWriter(TextModel model) {
        this.model = model;
    }

    /** Tells of a question that exists already. */
    void known(String question) {
        asked.add(Paragraphs.key(question));
    }

    /** How much was left out so far. */
    Map<Rejection, Integer> rejected() {
        return rejected;
    }

    /** A question about a passage and its answer, or nothing if what the model wrote is of no use. */
    Optional<Sample.Question> ask(String passage, long seed) {
        Matcher found = QUESTION.matcher(model.answer(passage + ASK, TEMPERATURE, seed));
        String question = found.find() ? found.group(1).strip() : "";
        if (question.length() < MIN_QUESTION || question.length() > MAX_QUESTION) {
            return reject(Rejection.NO_QUESTION);
        }
        if (asked.contains(Paragraphs.key(question))) {
            return reject(Rejection.DUPLICATE);
        }
        String answer = firstSentence(model.answer(passage + ANSWER + question, 0, seed));
        if (answer.isEmpty()) {
            return reject(Rejection.EMPTY_ANSWER);
        }
        if (!standsIn(passage, question, answer)) {
            return reject(Rejection.ANSWER_NOT_IN_PASSAGE);
        }
        known(question);
        return Optional.of(new Sample.Question(question, answer));
    }

    private Optional<Sample.Question> reject(Rejection reason) {
        rejected.merge(reason, 1, Integer::sum);
        return Optional.empty();
    }

    private static String firstSentence(String answer) {
        String line = answer.strip().lines().findFirst().orElse("").strip();
        return Paragraphs.sentences(line).get(0).strip();
    }

    /** Whether the passage says what the answer does, and the question does not say it all. */
    private static boolean standsIn(String passage, String question, String answer) {
        String text = passage.toLowerCase(Locale.ROOT);
        String known = question.toLowerCase(Locale.ROOT);
        boolean tells = false;
        Matcher words = WORD.matcher(answer.toLowerCase(Locale.ROOT));
        while (words.find()) {
            String word = words.group();
            boolean content = word.length() >= CONTENT_WORD || word.chars().anyMatch(Character::isDigit);
            if (content && !text.contains(word) && !known.contains(word)) {
                return false;
            }
            tells |= text.contains(word) && !known.contains(word);
        }
        return tells;
    }
}
