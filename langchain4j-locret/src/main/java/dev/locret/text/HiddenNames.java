package dev.locret.text;

import java.security.SecureRandom;

/**
 * Names under which the library knows the tokens that it must not find in a text: long, random for each tokenizer, so
 * that no text contains one but by intent and knowledge of a number drawn at load.
 */
final class HiddenNames {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final String stem = "\uF8FF" + Long.toHexString(RANDOM.nextLong()) + Long.toHexString(RANDOM.nextLong());

    String name(int id) {
        return stem + "." + id + "\uF8FF";
    }
}
