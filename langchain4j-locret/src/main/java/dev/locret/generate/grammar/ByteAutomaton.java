package dev.locret.generate.grammar;

/** A regular language over bytes, as a deterministic automaton that starts in state 0 and has no dead ends. */
interface ByteAutomaton {
    /** The state after a byte of 0..255, or -1 if no sentence goes on with it. */
    int step(int state, int value);

    /** Whether what led to this state is a sentence. */
    boolean accepts(int state);

    /** Whether some byte can follow. */
    boolean continues(int state);

    /** A class for every byte; this automaton cannot tell bytes of one class apart. */
    int[] classes();

    /** A single byte string. */
    static ByteAutomaton literal(byte[] bytes) {
        return new Literal(bytes.clone());
    }

    /** A single byte string; its states are the bytes read. */
    final class Literal implements ByteAutomaton {
        private final byte[] bytes;

        private Literal(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public int step(int state, int value) {
            return state < bytes.length && (bytes[state] & 0xff) == value ? state + 1 : -1;
        }

        @Override
        public boolean accepts(int state) {
            return state == bytes.length;
        }

        @Override
        public boolean continues(int state) {
            return state < bytes.length;
        }

        @Override
        public int[] classes() {
            int[] classOf = new int[256];
            for (byte b : bytes) {
                classOf[b & 0xff] = 1 + (b & 0xff);
            }
            return classOf;
        }
    }
}
