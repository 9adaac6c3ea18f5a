package dev.locret.samples.desk;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.tika.exception.EncryptedDocumentException;
import org.apache.tika.exception.TikaException;
import org.apache.tika.exception.WriteLimitReachedException;
import org.apache.tika.extractor.EmbeddedDocumentExtractor;
import org.apache.tika.io.TikaInputStream;
import org.apache.tika.metadata.Metadata;
import org.apache.tika.metadata.TikaCoreProperties;
import org.apache.tika.mime.MediaType;
import org.apache.tika.parser.AutoDetectParser;
import org.apache.tika.parser.ParseContext;
import org.apache.tika.sax.BodyContentHandler;
import org.springframework.stereotype.Component;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;

/**
 * Takes the text out of a file, and nothing else: scripts and styles of a page are no text, files within files are left alone.
 * Archives that grow beyond measure are refused by Tika's own guard.
 */
@Component
class TextExtractor {
    private static final Set<String> TYPES = Set.of(
            "application/pdf",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/msword",
            "text/html",
            "application/xhtml+xml",
            "text/plain",
            "text/markdown",
            "text/x-web-markdown");
    private static final Pattern SPACES = Pattern.compile("[ \\t\\x0B\\f\\r\\u00a0]+");
    private static final Pattern LINES = Pattern.compile(" ?\\n ?");
    private static final Pattern GAPS = Pattern.compile("\\n{3,}");

    private final AutoDetectParser parser = new AutoDetectParser();
    private final int maxCharacters;

    TextExtractor(DeskProperties properties) {
        this.maxCharacters = properties.maxCharacters();
    }

    /**
     * @param mediaType found in the content
     */
    record Extracted(String text, String mediaType) {}

    /**
     * @param name of the file, a hint to what it is
     * @throws RejectedUploadException for a file of another type, without text, with too much of it, encrypted or damaged
     */
    Extracted extract(String name, InputStream content) {
        Metadata metadata = new Metadata();
        metadata.set(TikaCoreProperties.RESOURCE_NAME_KEY, name);
        BodyContentHandler text = new BodyContentHandler(maxCharacters);
        try (TikaInputStream stream = TikaInputStream.get(content)) {
            MediaType type = parser.getDetector().detect(stream, metadata).getBaseType();
            if (!TYPES.contains(type.toString())) {
                throw new RejectedUploadException("PDF, Word, HTML and text are read, this is " + type);
            }
            parser.parse(stream, text, metadata, onlyThisFile());
            String clean = clean(text.toString());
            if (clean.isEmpty()) {
                throw new RejectedUploadException("There is no text in this file");
            }
            return new Extracted(clean, type.toString());
        } catch (EncryptedDocumentException e) {
            throw new RejectedUploadException("This file is encrypted: remove its password first", e);
        } catch (IOException | SAXException | TikaException e) {
            if (WriteLimitReachedException.isWriteLimitReached(e)) {
                throw new RejectedUploadException(
                        "There are more than " + maxCharacters + " characters of text in this file", e);
            }
            throw new RejectedUploadException("This file cannot be read: " + reason(e), e);
        }
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null
                ? root.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }

    private static ParseContext onlyThisFile() {
        ParseContext context = new ParseContext();
        context.set(EmbeddedDocumentExtractor.class, new EmbeddedDocumentExtractor() {
            @Override
            public boolean shouldParseEmbedded(Metadata metadata) {
                return false;
            }

            @Override
            public void parseEmbedded(
                    InputStream stream, ContentHandler handler, Metadata metadata, boolean outputHtml) {}
        });
        return context;
    }

    private static String clean(String text) {
        // A database may refuse the character 0.
        String spaces = SPACES.matcher(text.replace("\0", "")).replaceAll(" ");
        return GAPS.matcher(LINES.matcher(spaces).replaceAll("\n"))
                .replaceAll("\n\n")
                .strip();
    }
}
