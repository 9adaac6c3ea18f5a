package dev.locret.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.format.ModelFiles;
import dev.locret.testing.DemoModel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** With the real model, whose template has a system message of its own. */
class InstructionTokensTest {
    @Test
    void areWhatTheTemplateWritesBeforeTheText() {
        try (ModelFiles files = ModelFiles.open(DemoModel.path())) {
            ModelText text = ModelText.load(files);
            int tokens = text.instructionTokens();
            String prompt =
                    "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
                            + "<|im_start|>user\n";

            int[] ids = text.tokenizer().encode(prompt + "Read this.", true);
            assertThat(text.tokenizer().decode(Arrays.copyOf(ids, tokens), false))
                    .isEqualTo(prompt);
        }
    }

    @Test
    void areNoneWithoutATemplate() {
        try (ModelFiles files = ModelFiles.open(EngineFixtures.tiny())) {
            assertThat(ModelText.load(files).instructionTokens()).isZero();
        }
    }
}
