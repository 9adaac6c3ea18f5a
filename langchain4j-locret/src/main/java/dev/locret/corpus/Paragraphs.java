package dev.locret.corpus;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Splits texts into paragraphs of prose and tells whether two are the same. */
public final class Paragraphs {
    private static final Pattern BLANK_LINES = Pattern.compile("\\R\\s*\\R");
    private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
    private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?][\"')]?) (?=[\"'(]?\\p{Lu})");
    private static final int MIN_CHARACTERS = 40;
    private static final int MAX_CHARACTERS = 2000;
    /** Tables, indexes and code have fewer letters. */
    private static final double MIN_LETTERS = 0.7;

    private Paragraphs() {}

    /** The paragraphs of a text, unwrapped, without headings, tables and rules; long ones are cut between sentences. */
    public static List<String> of(String text) {
        List<String> paragraphs = new ArrayList<>();
        for (String block : BLANK_LINES.split(text)) {
            String paragraph = WHITE_SPACE.matcher(block).replaceAll(" ").strip();
            if (isProse(paragraph)) {
                addCut(paragraph, paragraphs);
            }
        }
        return paragraphs;
    }

    private static boolean isProse(String paragraph) {
        long letters =
                paragraph.chars().filter(c -> Character.isLetter(c) || c == ' ').count();
        return paragraph.length() >= MIN_CHARACTERS && letters >= MIN_LETTERS * paragraph.length();
    }

    private static void addCut(String paragraph, List<String> paragraphs) {
        StringBuilder part = new StringBuilder();
        for (String sentence : sentences(paragraph)) {
            if (!part.isEmpty() && part.length() + sentence.length() > MAX_CHARACTERS) {
                paragraphs.add(part.toString());
                part.setLength(0);
            }
            part.append(part.isEmpty() ? "" : " ").append(sentence);
        }
        paragraphs.add(part.toString());
    }

    /** The sentences of a paragraph; abbreviations may cut one in two. */
    public static List<String> sentences(String paragraph) {
        return Arrays.asList(SENTENCE_END.split(paragraph));
    }

    /** A hash of the letters and digits of a paragraph: the same for two that differ in case or punctuation only. */
    public static String key(String paragraph) {
        String letters = paragraph
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", " ")
                .strip();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(letters.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** A number of 0 to 99 that belongs to a paragraph for good. */
    static int percentile(String paragraph) {
        return Integer.parseInt(key(paragraph).substring(0, 7), 16) % 100;
    }
}
