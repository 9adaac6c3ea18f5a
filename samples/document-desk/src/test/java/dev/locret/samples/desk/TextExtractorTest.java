package dev.locret.samples.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.samples.desk.TextExtractor.Extracted;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts.FontName;
import org.apache.poi.xwpf.usermodel.XWPFDocument;
import org.junit.jupiter.api.Test;

class TextExtractorTest {
    private final TextExtractor extractor = new TextExtractor(new DeskProperties(Map.of(), 10_000, 10));

    private Extracted extract(String name, byte[] content) {
        return extractor.extract(name, new ByteArrayInputStream(content));
    }

    private static byte[] pdf(boolean encrypted) throws IOException {
        try (PDDocument document = new PDDocument()) {
            PDPage page = new PDPage();
            document.addPage(page);
            try (PDPageContentStream content = new PDPageContentStream(document, page)) {
                content.beginText();
                content.setFont(new PDType1Font(FontName.HELVETICA), 12);
                content.newLineAtOffset(50, 700);
                content.showText("The contract ends in May.");
                content.endText();
            }
            if (encrypted) {
                document.protect(new StandardProtectionPolicy("owner", "user", new AccessPermission()));
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            document.save(bytes);
            return bytes.toByteArray();
        }
    }

    private static byte[] word(String text) throws IOException {
        try (XWPFDocument document = new XWPFDocument()) {
            document.createParagraph().createRun().setText(text);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            document.write(bytes);
            return bytes.toByteArray();
        }
    }

    @Test
    void readsWhatPeopleHave() throws IOException {
        assertThat(extract("a.pdf", pdf(false)))
                .isEqualTo(new Extracted("The contract ends in May.", "application/pdf"));
        assertThat(extract("a.docx", word("The contract ends in June.")).text())
                .isEqualTo("The contract ends in June.");
        assertThat(extract("a.txt", "One\r\n\r\n\r\n\r\ntwo \t three".getBytes(StandardCharsets.UTF_8))
                        .text())
                .isEqualTo("One\n\ntwo three");
    }

    @Test
    void aPagesScriptsAreNoText() {
        String page = "<html><head><style>p{}</style><script>alert(1)</script></head><body onload='x()'><p>Hello</p>"
                + "<script>steal()</script><img src=x onerror=y()></body></html>";
        assertThat(extract("a.html", page.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new Extracted("Hello", "text/html"));
    }

    @Test
    void anEncryptedPdfIsRefused() throws IOException {
        byte[] content = pdf(true);
        assertThatThrownBy(() -> extract("a.pdf", content))
                .hasMessage("This file is encrypted: remove its password first");
    }

    @Test
    void aZipBombIsRefused() throws IOException {
        byte[] inside = word("x");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes);
                ZipInputStream old = new ZipInputStream(new ByteArrayInputStream(inside))) {
            for (ZipEntry entry = old.getNextEntry(); entry != null; entry = old.getNextEntry()) {
                zip.putNextEntry(new ZipEntry(entry.getName()));
                byte[] content = old.readAllBytes();
                if (entry.getName().equals("word/document.xml")) {
                    String xml = new String(content, StandardCharsets.UTF_8);
                    zip.write(xml.replace(">x<", ">" + "a".repeat(300 << 20) + "<")
                            .getBytes(StandardCharsets.UTF_8));
                } else {
                    zip.write(content);
                }
            }
        }
        assertThat(bytes.size()).isLessThan(1 << 20);
        assertThatThrownBy(() -> extract("a.docx", bytes.toByteArray()))
                .isInstanceOf(RejectedUploadException.class)
                .hasMessageMatching("This file cannot be read: .*(maximum length|Zip bomb|ratio).*");
    }

    @Test
    void tooMuchTextAndNoneAreRefused() throws IOException {
        byte[] much = "word ".repeat(5000).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> extract("a.txt", much))
                .hasMessage("There are more than 10000 characters of text in this file");
        byte[] blank = "<html><body> </body></html>".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> extract("a.html", blank)).hasMessage("There is no text in this file");
        byte[] damaged = "%PDF-1.7\nrubbish".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> extract("a.pdf", damaged))
                .isInstanceOf(RejectedUploadException.class)
                .hasMessageStartingWith("This file cannot be read: ");
    }
}
