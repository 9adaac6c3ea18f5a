package dev.locret.text.jinja;

import java.util.Arrays;

/** Collects text with its marks; the length is charged to a {@link Budget}. */
final class TextBuilder {
    private final Budget budget;
    private final StringBuilder characters = new StringBuilder();
    private int[] flips = new int[8];
    private int flipCount;
    private boolean startsTrusted = true;
    private boolean trusted = true;

    TextBuilder(Budget budget) {
        this.budget = budget;
    }

    TextBuilder append(Text text) {
        text.forEachRun(this::append);
        return this;
    }

    TextBuilder append(String run, boolean runTrusted) {
        if (run.isEmpty()) {
            return this;
        }
        budget.characters(run.length());
        if (characters.length() == 0) {
            startsTrusted = runTrusted;
        } else if (runTrusted != trusted) {
            if (flipCount == flips.length) {
                flips = Arrays.copyOf(flips, flips.length * 2);
            }
            flips[flipCount++] = characters.length();
        }
        trusted = runTrusted;
        characters.append(run);
        return this;
    }

    int length() {
        return characters.length();
    }

    Text build() {
        return new Text(characters.toString(), startsTrusted, Arrays.copyOf(flips, flipCount));
    }
}
