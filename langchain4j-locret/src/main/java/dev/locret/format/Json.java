package dev.locret.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** JSON objects as maps of {@link Long}, {@link Double}, {@link Boolean}, {@link String}, list and map. */
final class Json {
    /** Far above every {@code config.json} and shard index, far below what would fill a heap. */
    static final int MAX_FILE_BYTES = 64 << 20;
    /** Configurations nest a few levels. */
    private static final int MAX_DEPTH = 64;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .build();

    private Json() {}

    /** The object in {@code file}; {@code format} names the kind of file in messages. */
    static Map<String, Object> read(String format, Path file) {
        MappedFile mapped = MappedFile.open(file);
        if (mapped.size() > MAX_FILE_BYTES) {
            throw FormatErrors.damaged(format, "file of " + mapped.size() + " bytes, allowed=" + MAX_FILE_BYTES, file);
        }
        return parse(format, mapped.bytes(0, (int) mapped.size()), file);
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> parse(String format, byte[] utf8, Path path) {
        Object value;
        try {
            value = MAPPER.readValue(utf8, Object.class);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw FormatErrors.damaged(
                    format, "not valid JSON" + where + " (" + FormatErrors.quote(e.getOriginalMessage()) + ")", path);
        } catch (IOException e) {
            throw FormatErrors.damaged(format, "not valid UTF-8 (" + e.getMessage() + ")", path);
        }
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw FormatErrors.damaged(format, "not a JSON object", path);
    }
}
