package dev.locret.eval;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Compares texts word by word. */
final class Answers {
    private static final Pattern PUNCTUATION = Pattern.compile("[^\\p{L}\\p{N}\\s]+");
    private static final Pattern ARTICLES = Pattern.compile("\\b(a|an|the)\\b");

    private Answers() {}

    /** Lower case, without punctuation and articles: SQuAD's normalisation. */
    static String normalised(String text) {
        String plain = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
        return ARTICLES.matcher(plain).replaceAll(" ").replaceAll("\\s+", " ").strip();
    }

    static List<String> words(String text) {
        String normalised = normalised(text);
        return normalised.isEmpty() ? List.of() : List.of(normalised.split(" "));
    }

    static boolean contains(String answer, String expected) {
        return answer.toLowerCase(Locale.ROOT).contains(expected.toLowerCase(Locale.ROOT));
    }

    /** An expression of a task file, whose loader has compiled it once to see that it is one. */
    static Pattern pattern(String expression) {
        return Pattern.compile(expression, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
    }

    static double f1(List<String> answer, List<String> expected) {
        if (answer.isEmpty() || expected.isEmpty()) {
            return answer.equals(expected) ? 1 : 0;
        }
        Map<String, Integer> counts = new HashMap<>();
        expected.forEach(word -> counts.merge(word, 1, Integer::sum));
        int common = 0;
        for (String word : answer) {
            if (counts.merge(word, -1, Integer::sum) >= 0) {
                common++;
            }
        }
        return harmonic(common, answer.size(), expected.size());
    }

    static double rougeL(List<String> answer, List<String> expected) {
        int[] row = new int[expected.size() + 1];
        for (String word : answer) {
            int diagonal = 0;
            for (int i = 1; i <= expected.size(); i++) {
                int above = row[i];
                row[i] = word.equals(expected.get(i - 1)) ? diagonal + 1 : Math.max(above, row[i - 1]);
                diagonal = above;
            }
        }
        return harmonic(row[expected.size()], answer.size(), expected.size());
    }

    /** F of precision and recall. */
    private static double harmonic(int common, int answer, int expected) {
        return answer + expected == 0 ? 1 : 2.0 * common / (answer + expected);
    }
}
