package dev.locret.format;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes safetensors files from a header given as text, so broken ones too. */
final class SafetensorsBuilder {
    private SafetensorsBuilder() {}

    static byte[] bytes(String header, int dataBytes) {
        byte[] utf8 = header.getBytes(StandardCharsets.UTF_8);
        return GgufBuilder.concat(GgufBuilder.i64(utf8.length), utf8, new byte[dataBytes]);
    }

    /** One tensor in the header. */
    static String tensor(String name, String type, String shape, long begin, long end) {
        return String.format(
                "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}", name, type, shape, begin, end);
    }

    static SafetensorsFile file(String header, int dataBytes) {
        return SafetensorsFile.of(MappedFile.of(Path.of("test.safetensors"), bytes(header, dataBytes)));
    }
}
