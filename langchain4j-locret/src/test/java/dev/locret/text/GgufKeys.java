package dev.locret.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the metadata of trusted GGUF files, so that these tests stand without the package {@code format}. */
final class GgufKeys {
    private final ByteBuffer in;

    private GgufKeys(ByteBuffer in) {
        this.in = in;
    }

    static Map<String, Object> of(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            return new GgufKeys(bytes.order(ByteOrder.LITTLE_ENDIAN)).read();
        }
    }

    private Map<String, Object> read() {
        in.position(16);
        long count = in.getLong();
        Map<String, Object> values = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String key = string();
            values.put(key, value(in.getInt()));
        }
        return values;
    }

    private String string() {
        byte[] bytes = new byte[(int) in.getLong()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Object value(int type) {
        switch (type) {
            case 0:
                return (long) (in.get() & 0xFF);
            case 1:
                return (long) in.get();
            case 2:
                return (long) (in.getShort() & 0xFFFF);
            case 3:
                return (long) in.getShort();
            case 4:
                return in.getInt() & 0xFFFF_FFFFL;
            case 5:
                return (long) in.getInt();
            case 6:
                return (double) in.getFloat();
            case 7:
                return in.get() != 0;
            case 8:
                return string();
            case 9:
                return list();
            case 10:
            case 11:
                return in.getLong();
            case 12:
                return in.getDouble();
            default:
                throw new IllegalStateException("type " + type);
        }
    }

    private List<Object> list() {
        int type = in.getInt();
        long count = in.getLong();
        List<Object> items = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            items.add(value(type));
        }
        return items;
    }
}
