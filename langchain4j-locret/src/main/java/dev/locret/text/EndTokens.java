package dev.locret.text;

import java.util.Set;

/**
 * Names of tokens that end an answer. Files often declare only one of several, for example {@code <|end_of_text|>}
 * where the chat template ends a turn with {@code <|eot_id|>}.
 */
final class EndTokens {
    private static final Set<String> NAMES = Set.of(
            "<|eot_id|>",
            "<|im_end|>",
            "<|end|>",
            "<end_of_turn>",
            "<|endoftext|>",
            "<|end_of_text|>",
            "</s>",
            "<|eom_id|>",
            "<EOT>",
            "_<EOT>",
            "[EOT]",
            "[EOS]",
            "<eos>",
            "<｜end▁of▁sentence｜>",
            "<end_of_utterance>");

    private EndTokens() {}

    /** Whether a token of this name ends an answer in every published model that has it. */
    static boolean contains(String name) {
        return NAMES.contains(name);
    }
}
