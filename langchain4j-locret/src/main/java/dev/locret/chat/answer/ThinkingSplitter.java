package dev.locret.chat.answer;

import java.util.function.Consumer;

/**
 * Parts what a model thinks, {@code <think>…</think>} in front of its answer, from the answer, however the pieces are
 * cut. White space at the borders belongs to neither. For one answer and one thread.
 */
final class ThinkingSplitter {
    static final String OPEN = "<think>";
    static final String CLOSE = "</think>";

    private enum State {
        START,
        THINKING,
        AFTER,
        ANSWER
    }

    private final Consumer<String> thinking;
    private final Consumer<String> answer;
    private final StringBuilder held = new StringBuilder();
    private State state;
    private boolean thought;

    /**
     * @param open whether the prompt has opened the thinking already
     */
    ThinkingSplitter(boolean open, Consumer<String> thinking, Consumer<String> answer) {
        this.state = open ? State.THINKING : State.START;
        this.thinking = thinking;
        this.answer = answer;
    }

    void append(String piece) {
        held.append(piece);
        State before;
        do {
            before = state;
            step();
        } while (state != before);
    }

    private void step() {
        switch (state) {
            case START -> start();
            case THINKING -> think();
            case AFTER -> {
                held.delete(0, Texts.leadingSpace(held));
                if (held.length() > 0) {
                    state = State.ANSWER;
                }
            }
            case ANSWER -> give(answer, held.length());
        }
    }

    private void start() {
        int begin = Texts.leadingSpace(held);
        int length = Math.min(OPEN.length(), held.length() - begin);
        if (!OPEN.startsWith(held.substring(begin, begin + length))) {
            state = State.ANSWER;
        } else if (length == OPEN.length()) {
            held.delete(0, begin + length);
            state = State.THINKING;
        }
    }

    private void think() {
        if (!thought) {
            held.delete(0, Texts.leadingSpace(held));
            thought = held.length() > 0;
        }
        int close = held.indexOf(CLOSE);
        int end = close >= 0 ? close : held.length() - Texts.beginningOf(CLOSE, held);
        give(thinking, Texts.withoutTrailingSpace(held, end));
        if (close >= 0) {
            held.delete(0, held.indexOf(CLOSE) + CLOSE.length());
            state = State.AFTER;
        }
    }

    /** Ends the answer: what was held back belongs to where it stands. */
    void finish() {
        if (state == State.THINKING) {
            give(thinking, Texts.withoutTrailingSpace(held, held.length()));
        } else {
            give(answer, held.length());
        }
    }

    private void give(Consumer<String> consumer, int length) {
        if (length > 0) {
            String piece = held.substring(0, length);
            held.delete(0, length);
            consumer.accept(piece);
        }
    }
}
