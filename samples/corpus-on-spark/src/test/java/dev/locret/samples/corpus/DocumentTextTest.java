package dev.locret.samples.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DocumentTextTest {
    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void refused(byte[] bytes, String reason) {
        assertThatThrownBy(() -> DocumentText.text(bytes))
                .isInstanceOf(UnreadableException.class)
                .hasMessage(reason);
    }

    @Test
    void textIsText() throws UnreadableException {
        assertThat(DocumentText.text(utf8("Zürich 😀\n"))).isEqualTo("Zürich 😀\n");
        assertThat(DocumentText.text(utf8("\uFEFFa"))).isEqualTo("a");
    }

    @Test
    void whatIsNotIsRefused() {
        refused(new byte[0], "empty");
        refused(utf8(" \n\t"), "blank");
        refused(utf8("\uFEFF"), "blank");
        refused(utf8("a\0b"), "binary: it has a byte of 0");
        refused("Zürich".getBytes(StandardCharsets.ISO_8859_1), "not UTF-8 text");
        // A surrogate by itself, which a lenient reader would turn into a question mark.
        refused(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, "not UTF-8 text");
    }

    @Test
    void noMoreIsReadThanAllowed() throws Exception {
        assertThat(DocumentText.read(new ByteArrayInputStream(utf8("abcd")), 4)).isEqualTo(utf8("abcd"));
        ByteArrayInputStream endless = new ByteArrayInputStream(new byte[1000]);
        assertThatThrownBy(() -> DocumentText.read(endless, 4))
                .isInstanceOf(UnreadableException.class)
                .hasMessage("longer than 4 bytes");
        assertThat(endless.available()).isEqualTo(995);
    }

    @Test
    void hashesAreThoseOfSha256sum() {
        assertThat(DocumentText.sha256(utf8("abc")))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
