package dev.locret.corpus;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** A way to say a fact and to ask for it, a line of {@code wordings.tsv}, which explains the columns. */
public record Wording(Set<Split> splits, String kind, String value, String sentence, String question, String answer) {
    private static final List<Wording> ALL =
            Resources.lines("wordings.tsv").stream().map(Wording::parse).toList();

    private static final Map<String, Function<Words, String>> VALUES = Map.of(
            "number", Words::number,
            "digits", Words::digits,
            "code", Words::code,
            "name", Words::person,
            "place", Words::place,
            "date", Words::date,
            "amount", Words::amount,
            "word", Words::noun);

    private static Wording parse(String line) {
        String[] columns = line.split("\t", -1);
        Set<Split> splits = columns[0].equals("both")
                ? Set.of(Split.TRAINING, Split.EVALUATION)
                : Set.of(Split.valueOf(columns[0].toUpperCase(java.util.Locale.ROOT)));
        return new Wording(splits, columns[1], columns[2], columns[3], columns[4], columns[5]);
    }

    /** The wordings of a split. */
    public static List<Wording> of(Split split) {
        return ALL.stream().filter(w -> w.splits.contains(split)).toList();
    }

    /** The first wording of a kind that a split has. */
    public static Wording of(Split split, String kind) {
        return of(split).stream()
                .filter(w -> w.kind.equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no wording: kind=" + kind + ", split=" + split));
    }

    /** A fact in this wording, with new words. */
    public Fact fact(Words words) {
        String key = sentence.contains("{key}") ? value.equals("number") ? words.noun() : words.thing() : "";
        String name = sentence.contains("{name}") ? words.person() : "";
        String drawn = VALUES.get(value).apply(words);
        Function<String, String> filled = text ->
                capital(text.replace("{key}", key).replace("{name}", name).replace("{value}", drawn));
        return new Fact(kind, List.of(filled.apply(sentence)), filled.apply(question), drawn, filled.apply(answer));
    }

    private static String capital(String text) {
        // "lantern = 12" is not a sentence.
        return text.endsWith(".") || text.endsWith("?")
                ? Character.toUpperCase(text.charAt(0)) + text.substring(1)
                : text;
    }
}
