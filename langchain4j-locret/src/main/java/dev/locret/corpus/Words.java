package dev.locret.corpus;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Draws the words that facts are made of. Names of things, people and places are never drawn twice, so that each fact of
 * a document can be asked for; numbers need no such care.
 */
public final class Words {
    private static final List<String> MONTHS = List.of(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December");
    private static final String CODE_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ";
    private static final int TRIES = 1000;

    private static final List<String> NOUNS = Resources.lines("nouns.txt");
    private static final List<String> ADJECTIVES = Resources.lines("adjectives.txt");
    private static final List<String> FIRST_NAMES = Resources.lines("first-names.txt");
    private static final List<String> SURNAMES = Resources.lines("surnames.txt");
    private static final List<String> PLACES = Resources.lines("places.txt");

    private final Split split;
    private final RandomGenerator random;
    private final Set<String> used = new HashSet<>();

    /**
     * @param split whose words
     * @param text words of this text are left out, since they would have two meanings there
     */
    public Words(Split split, String text, RandomGenerator random) {
        this.split = split;
        this.random = random;
        for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}]+")) {
            used.add(word);
        }
    }

    /** All words of a split, for those who check that no other split has them. */
    static List<String> all(Split split) {
        return List.of(NOUNS, FIRST_NAMES, SURNAMES, PLACES).stream()
                .flatMap(list -> of(list, split).stream())
                .toList();
    }

    private static List<String> of(List<String> list, Split split) {
        return IntStream.range(0, list.size())
                .filter(i -> Split.ofIndex(i) == split)
                .mapToObj(list::get)
                .toList();
    }

    private String unused(List<String> list) {
        List<String> words = of(list, split);
        String word = words.get(random.nextInt(words.size()));
        for (int i = 0; !used.add(word.toLowerCase(Locale.ROOT)); i++) {
            word = words.get(random.nextInt(words.size()));
            if (i >= TRIES) {
                // A text of so many facts tells things of a name apart by numbers.
                word += " " + random.nextInt(100, 10_000);
            }
        }
        return word;
    }

    /** A thing, such as {@code lantern}. */
    public String noun() {
        return unused(NOUNS);
    }

    /** A thing with a quality now and then, such as {@code frozen lantern}. */
    public String thing() {
        String noun = noun();
        return random.nextInt(3) == 0 ? ADJECTIVES.get(random.nextInt(ADJECTIVES.size())) + " " + noun : noun;
    }

    /** A first name. */
    public String firstName() {
        return unused(FIRST_NAMES);
    }

    /** A first name and a surname. */
    public String person() {
        return firstName() + " " + unused(SURNAMES);
    }

    /** A city. */
    public String place() {
        return unused(PLACES);
    }

    /** A number of seven digits, as RULER hides. */
    public String number() {
        return String.valueOf(random.nextInt(1_000_000, 10_000_000));
    }

    /** A number of four to six digits. */
    public String digits() {
        int bound = List.of(10_000, 100_000, 1_000_000).get(random.nextInt(3));
        return String.valueOf(random.nextInt(bound / 10, bound));
    }

    /** Letters and digits, such as {@code KX-4071}. */
    public String code() {
        char first = CODE_LETTERS.charAt(random.nextInt(CODE_LETTERS.length()));
        char second = CODE_LETTERS.charAt(random.nextInt(CODE_LETTERS.length()));
        int digits = random.nextInt(1000, 10_000);
        return random.nextBoolean() ? "" + first + second + "-" + digits : "" + digits + first + second;
    }

    /** A day, such as {@code 14 March 1987}. */
    public String date() {
        String month = MONTHS.get(random.nextInt(MONTHS.size()));
        return random.nextInt(1, 29) + " " + month + " " + random.nextInt(1800, 2030);
    }

    /** A price in dollars. */
    public String amount() {
        return random.nextInt(2, 990) + random.nextInt(0, 2) * 1000 + " dollars";
    }

    /** A word that is in no dictionary, such as {@code brantole}. */
    public String invented() {
        List<String> heads =
                List.of("bran", "kel", "mor", "tis", "vol", "gra", "plim", "sur", "dor", "fen", "lum", "zar");
        List<String> tails =
                List.of("tole", "dick", "ner", "quist", "ble", "sor", "mint", "gar", "pel", "vane", "rick", "dle");
        String word = heads.get(random.nextInt(heads.size())) + tails.get(random.nextInt(tails.size()));
        return used.add(word) ? word : word + "n";
    }
}
