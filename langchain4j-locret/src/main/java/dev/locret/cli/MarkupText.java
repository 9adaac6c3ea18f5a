package dev.locret.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.tika.exception.TikaException;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.parser.Parser;
import org.apache.tika.parser.html.JSoupParser;
import org.apache.tika.parser.pdf.PDFParser;
import org.apache.tika.sax.BodyContentHandler;
import org.xml.sax.SAXException;

/** Text of documents with markup, through Apache Tika. */
final class MarkupText {
    /** A page of a few bytes can unpack to any size; this is a hundred thick books. */
    private static final int MAX_CHARACTERS = 100_000_000;

    private MarkupText() {}

    static String pdf(byte[] bytes, Path file) {
        return parse(PDFParser::new, bytes, new Metadata(), file);
    }

    static String html(String text, Path file) {
        Metadata metadata = new Metadata();
        // Already decoded: what the page says of its own encoding must not count.
        metadata.set(TikaCoreProperties.CONTENT_TYPE_USER_OVERRIDE, "text/html; charset=UTF-8");
        metadata.set(Metadata.CONTENT_ENCODING, StandardCharsets.UTF_8.name());
        return parse(JSoupParser::new, text.getBytes(StandardCharsets.UTF_8), metadata, file);
    }

    private static String parse(Supplier<Parser> parser, byte[] bytes, Metadata metadata, Path file) {
        BodyContentHandler text = new BodyContentHandler(MAX_CHARACTERS);
        try {
            parser.get().parse(new ByteArrayInputStream(bytes), text, metadata, new ParseContext());
        } catch (IOException | SAXException | TikaException e) {
            throw DocumentReader.invalid("no text could be taken from it (" + e.getMessage() + ")", file, e);
        }
        return text.toString().replaceAll("[ \\t]+\\n", "\n").replaceAll("\\n{3,}", "\n\n").strip();
    }
}
