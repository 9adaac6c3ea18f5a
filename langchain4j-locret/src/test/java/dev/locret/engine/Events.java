package dev.locret.engine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Listener that writes down what it is told. */
class Events implements GenerationListener {
    final List<Integer> read = new CopyOnWriteArrayList<>();
    final List<String> text = new CopyOnWriteArrayList<>();

    @Override
    public void onRead(int tokensRead, int promptTokens, int entriesKept, double tokensPerSecond) {
        read.add(tokensRead);
    }

    @Override
    public void onText(String piece) {
        text.add(piece);
    }
}
