package dev.locret.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.locret.common.ErrorId;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSourceTest {
    private static final String SYNTAX = "hf:owner/name[@revision][/file]";

    @ParameterizedTest
    @CsvSource({
        "hf:acme/tiny, acme, tiny, main, ",
        "hf:acme/tiny@v1.0, acme, tiny, v1.0, ",
        "hf:acme/tiny/model.gguf, acme, tiny, main, model.gguf",
        "hf:acme/tiny@main/sub dir/model (1).gguf, acme, tiny, main, sub dir/model (1).gguf",
        "hf:Qwen/Qwen2.5-0.5B-Instruct@refs/pr/7, Qwen, Qwen2.5-0.5B-Instruct, refs/pr/7, ",
        "hf:acme/tiny@refs/pr/7/model.gguf, acme, tiny, refs/pr/7, model.gguf",
        "hf:acme/tiny/a@b.gguf, acme, tiny, main, a@b.gguf",
    })
    void readsRepositories(String text, String owner, String name, String revision, String file) {
        assertThat(ModelSource.parse(text))
                .isEqualTo(new ModelSource.Hub(owner, name, revision, Optional.ofNullable(file)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hf:acme/tiny", "hf:acme/tiny@v1/a/b.gguf", "hf:acme/tiny@refs/pr/7", "models/tiny.gguf"})
    void printsAsWritten(String text) {
        assertThat(ModelSource.parse(text)).hasToString(text);
    }

    @Test
    void readsLocalPaths() {
        assertThat(ModelSource.parse("./models/hf:x")).isEqualTo(new ModelSource.Local(Path.of("./models/hf:x")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hf:/tiny|owner|''",
                "hf:../tiny|owner|'..'",
                "hf:ac--me/tiny|owner|'ac--me'",
                "hf:acme/|name|''",
                "hf:acme/..|name|'..'",
                "hf:acme/ti ny|name|'ti ny'",
                "hf:acme/tiny@|revision|''",
                "hf:acme/tiny@../x|revision|'..'",
                "hf:acme/tiny@-x|revision|'-x'",
                "hf:acme/tiny@a..b|revision|'a..b'",
                "hf:acme/tiny/|file|''",
                "hf:acme/tiny/../x|file|'../x'",
                "hf:acme/tiny/a/./b|file|'a/./b'",
                "hf:acme/tiny//etc/passwd|file|'/etc/passwd'",
                "hf:acme/tiny/a\\..\\b|file|'a\\..\\b'",
                "hf:acme/tiny/C:x|file|'C:x'",
            },
            quoteCharacter = '"')
    void refusesBadParts(String text, String part, String value) {
        HubAsserts.assertFails(
                () -> ModelSource.parse(text),
                ErrorId.INVALID_ARGUMENT,
                "source: invalid " + part + " in " + SYNTAX + ": " + part + "=" + value);
    }

    @Test
    void refusesControlCharactersAndOverlongPaths() {
        HubAsserts.assertFails(
                () -> ModelSource.parse("hf:acme/tiny/a\nb"),
                ErrorId.INVALID_ARGUMENT,
                "source: invalid file in " + SYNTAX + ": file='a\nb'");
        String longPath = "x".repeat(1025);
        HubAsserts.assertFails(
                () -> ModelSource.parse("hf:acme/tiny/" + longPath),
                ErrorId.INVALID_ARGUMENT,
                "source: invalid file in " + SYNTAX + ": file='" + longPath + "'");
    }

    @Test
    void refusesOtherForms() {
        HubAsserts.assertFails(
                () -> ModelSource.parse("hf:tiny"),
                ErrorId.INVALID_ARGUMENT,
                "source: expected " + SYNTAX + ": source='hf:tiny'");
        HubAsserts.assertFails(
                () -> ModelSource.parse("https://huggingface.co/acme/tiny"),
                ErrorId.INVALID_ARGUMENT,
                "source: a URL is neither a path nor " + SYNTAX + ": source='https://huggingface.co/acme/tiny'");
        HubAsserts.assertFails(() -> ModelSource.parse(" "), ErrorId.INVALID_ARGUMENT, "source: empty: source=' '");
        HubAsserts.assertFails(
                () -> ModelSource.parse(null), ErrorId.INVALID_ARGUMENT, "source is missing: source=null");
        HubAsserts.assertFails(
                () -> ModelSource.parse("a\0b"),
                ErrorId.INVALID_ARGUMENT,
                "source: not a path (Nul character not allowed): source='a\0b'");
    }
}
