package dev.locret.cli;

/** Where a chat's lines come from, and how the user interrupts an answer. */
interface ChatInput extends AutoCloseable {
    /** The next line, or null when there is no more. */
    String readLine();

    /** Calls {@code action} whenever the user interrupts, until the returned one is run. */
    Runnable onInterrupt(Runnable action);

    /** Whether somebody types who can go on after a mistake. */
    boolean isInteractive();

    @Override
    void close();

    /** Line editing with history on a terminal, plain lines elsewhere. */
    static ChatInput open() {
        return System.console() == null ? new PipedInput(System.in) : new TerminalInput();
    }
}
