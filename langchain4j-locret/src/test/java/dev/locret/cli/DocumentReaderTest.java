package dev.locret.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentReaderTest {
    @TempDir
    private Path directory;

    @Test
    void takesTextAndMarkdownAsTheyAre() throws IOException {
        String text = "# Title\n\n* 7 × 6 = 42, 漢字 👩‍👩‍👧 <b>not HTML</b>\n";
        assertThat(DocumentReader.read(write("a.md", text.getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(text);
    }

    @Test
    void dropsByteOrderMarksAndReadsUtf16() throws IOException {
        assertThat(DocumentReader.read(write("a.txt", "\uFEFFZürich".getBytes(StandardCharsets.UTF_8))))
                .isEqualTo("Zürich");
        assertThat(DocumentReader.read(write("b.txt", "\uFEFFZürich".getBytes(StandardCharsets.UTF_16LE))))
                .isEqualTo("Zürich");
        assertThat(DocumentReader.read(write("c.txt", "\uFEFFZürich".getBytes(StandardCharsets.UTF_16BE))))
                .isEqualTo("Zürich");
    }

    @Test
    void takesTheTextOfHtmlWhateverItSaysOfItsEncoding() throws IOException {
        String html = "<!DOCTYPE html><html><head><meta charset='latin1'><title>No</title><script>no()</script></head>"
                + "<body><h1>Über</h1><p>first &amp; last</p><p>the number is 7041</p></body></html>";
        String text = DocumentReader.read(write("page", html.getBytes(StandardCharsets.UTF_8)));
        assertThat(text.lines().filter(line -> !line.isBlank()))
                .containsExactly("Über", "first & last", "the number is 7041");
        assertThat(DocumentReader.read(write("old.html", html.getBytes(StandardCharsets.ISO_8859_1))))
                .contains("Über");
    }

    @Test
    void takesTheTextOfPdf() throws IOException {
        Path file = directory.resolve("a.dat");
        try (PDDocument document = new PDDocument()) {
            for (String line : new String[] {"The key is 90210.", "It is on the second page."}) {
                PDPage page = new PDPage();
                document.addPage(page);
                try (PDPageContentStream content = new PDPageContentStream(document, page)) {
                    content.beginText();
                    content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
                    content.newLineAtOffset(72, 700);
                    content.showText(line);
                    content.endText();
                }
            }
            document.save(file.toFile());
        }
        assertThat(DocumentReader.read(file).lines().filter(line -> !line.isBlank()))
                .containsExactly("The key is 90210.", "It is on the second page.");
    }

    @Test
    void refusesWhatHoldsNoText() throws IOException {
        assertRefused(write("empty.txt", new byte[0]), "document: holds no text: bytes=0: ");
        assertRefused(
                write("blank.txt", " \n\t".getBytes(StandardCharsets.UTF_8)), "document: holds no text: bytes=3: ");
        assertRefused(
                write("empty.html", "<html></html>".getBytes(StandardCharsets.UTF_8)),
                "document: holds no text: bytes=13: ");
        assertRefused(
                write("tool.bin", new byte[] {'E', 'L', 'F', 0, 1}),
                "document: binary, neither text, HTML nor PDF: byte 3 of 5 is 0: ");
        assertRefused(
                write("old.txt", "Zürich".getBytes(StandardCharsets.ISO_8859_1)),
                "document: not UTF-8: byte 1 of 6 (convert the file, for example with iconv): ");
        assertThatThrownBy(() ->
                        DocumentReader.read(write("cut.pdf", "%PDF-1.4\n1 0 obj".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(LocretException.class)
                .hasMessageStartingWith("document: no text could be taken from it (")
                .hasMessageEndingWith(directory.resolve("cut.pdf").toString());
    }

    @Test
    void namesAFileThatIsNotThere() {
        Path missing = directory.resolve("missing.txt");
        assertThatThrownBy(() -> DocumentReader.read(missing))
                .hasMessage("document: no such file: " + missing)
                .extracting(e -> ((LocretException) e).id())
                .isEqualTo(ErrorId.FILE_NOT_READABLE);
        assertThatThrownBy(() -> DocumentReader.read(directory)).hasMessage("document: not a file: " + directory);
    }

    private static void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> DocumentReader.read(file))
                .hasMessage(message + file)
                .extracting(e -> ((LocretException) e).id())
                .isEqualTo(ErrorId.INVALID_PROMPT);
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }
}
