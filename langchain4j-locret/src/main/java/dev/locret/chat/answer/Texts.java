package dev.locret.chat.answer;

/** Questions about a text that is not whole yet. */
final class Texts {
    private Texts() {}

    /** Number of white space characters in front. */
    static int leadingSpace(CharSequence text) {
        int end = 0;
        while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** Where the white space in front of {@code end} begins. */
    static int withoutTrailingSpace(CharSequence text, int end) {
        int begin = end;
        while (begin > 0 && Character.isWhitespace(text.charAt(begin - 1))) {
            begin--;
        }
        return begin;
    }

    /** Length of the longest end of {@code text} that is a beginning of {@code word}, but not all of it. */
    static int beginningOf(String word, StringBuilder text) {
        for (int length = Math.min(word.length() - 1, text.length()); length > 0; length--) {
            if (text.indexOf(word.substring(0, length), text.length() - length) >= 0) {
                return length;
            }
        }
        return 0;
    }

    static boolean startsWith(CharSequence text, String word) {
        return text.length() >= word.length() && word.contentEquals(text.subSequence(0, word.length()));
    }
}
