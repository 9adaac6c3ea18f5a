package dev.locret.format;

/** The window in tokens that a model is made for once its rope scaling is applied. */
final class RopeWindows {
    private RopeWindows() {}

    /**
     * The window of a model that declares {@code maxPositions}: linear and dynamic scaling stretch it, yarn stretches
     * the original one, and llama3 and longrope already declare the stretched one.
     */
    static int scaled(RopeConfig rope, int maxPositions) {
        double window =
                switch (rope.kind()) {
                    case NONE, LLAMA3, LONGROPE -> maxPositions;
                    case LINEAR, DYNAMIC -> maxPositions * rope.factor();
                    case YARN -> rope.originalContext() * rope.factor();
                };
        // The cast saturates, and the bounds of the configuration then refuse it.
        return (int) window;
    }
}
