package dev.locret.generate.grammar;

/** Says of whole texts whether a grammar has them. */
final class Acceptor {
    private final Program program;
    private final Stacks stacks = new Stacks();

    Acceptor(Node root) {
        program = Program.of(root);
    }

    boolean accepts(byte[] text) {
        Expansion expansion = new Expansion(program, stacks);
        expansion.add(1, 0, stacks.end);
        Stack places = expansion.finish();
        for (byte b : text) {
            expansion = new Expansion(program, stacks);
            for (Frame frame : places.frames) {
                int after = frame.node == Program.END ? -1 : program.terminals[frame.node].step(frame.index, b & 0xff);
                if (after >= 0) {
                    expansion.add(frame.node, after, frame.next);
                }
            }
            places = expansion.finish();
        }
        return places.frames.length > 0 && places.frames[0].node == Program.END;
    }
}
