package dev.locret.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.tika.detect.EncodingDetector;
import org.apache.tika.exception.TikaException;
import org.apache.tika.metadata.Metadata;
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
        return parse(new PDFParser(), bytes, new ParseContext(), file);
    }

    /** Takes UTF-8 for what it is, whatever the page says; a page in another encoding must name it. */
    static String html(byte[] bytes, Path file) {
        ParseContext context = new ParseContext();
        if (DocumentReader.isUtf8(bytes)) {
            context.set(EncodingDetector.class, (stream, metadata) -> StandardCharsets.UTF_8);
        }
        return parse(new JSoupParser(), bytes, context, file);
    }

    private static String parse(Parser parser, byte[] bytes, ParseContext context, Path file) {
        BodyContentHandler text = new BodyContentHandler(MAX_CHARACTERS);
        try {
            parser.parse(new ByteArrayInputStream(bytes), text, new Metadata(), context);
        } catch (IOException | SAXException | TikaException e) {
            throw DocumentReader.invalid("no text could be taken from it (" + e.getMessage() + ")", file, e);
        }
        return text.toString()
                .replaceAll("[ \\t]+\\n", "\n")
                .replaceAll("\\n{3,}", "\n\n")
                .strip();
    }
}
