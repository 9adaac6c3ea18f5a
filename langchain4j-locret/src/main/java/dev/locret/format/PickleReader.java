package dev.locret.format;

import dev.locret.common.LocretException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pickle of plain data, read without executing anything: the opcodes of dicts, lists, tuples, strings, numbers and
 * references, and calls only of the few names that {@link Calls} knows and answers itself. Values are {@link Map},
 * {@link List}, {@link String}, {@link Long}, {@link Double}, {@link Boolean}, {@link #NONE} and what {@code Calls}
 * returns. Every opcode takes memory in proportion to its own bytes.
 */
final class PickleReader {
    /** Python's {@code None}. */
    static final Object NONE = new Object();

    /** Longest name of a module or class. */
    private static final int MAX_NAME = 200;

    private static final Map<Integer, String> REFUSED = Map.of(
            0x69, "INST", 0x6f, "OBJ", 0x81, "NEWOBJ", 0x92, "NEWOBJ_EX", 0x82, "EXT1", 0x83, "EXT2", 0x84, "EXT4");

    /** What the names in a pickle stand for. */
    interface Calls {
        /** The meaning of {@code module.name}; refuses what is not on its list. */
        Object global(String name);

        /** The result of calling what {@link #global} returned. */
        Object call(Object function, List<?> arguments);

        /** What a persistent id stands for. */
        Object persistent(Object id);
    }

    private final ByteBuffer in;
    private final String format;
    private final Path path;
    private final Calls calls;
    private final List<Object> stack = new ArrayList<>();
    private final Deque<Integer> marks = new ArrayDeque<>();
    private final Map<Long, Object> memo = new HashMap<>();

    private PickleReader(byte[] pickle, String format, Path path, Calls calls) {
        this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        this.format = format;
        this.path = path;
        this.calls = calls;
    }

    /** The value that {@code pickle} describes. */
    static Object read(byte[] pickle, String format, Path path, Calls calls) {
        PickleReader reader = new PickleReader(pickle, format, path, calls);
        try {
            int opcode = reader.u8();
            while (opcode != '.') {
                reader.step(opcode);
                opcode = reader.u8();
            }
            return reader.pop();
        } catch (BufferUnderflowException e) {
            throw reader.damaged("pickle of " + pickle.length + " bytes ends early");
        }
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> protocol(u8());
            case 0x95 -> in.getLong();
            case '(' -> marks.push(stack.size());
            case '0' -> pop();
            case 'N' -> push(NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'K' -> push((long) u8());
            case 'M' -> push((long) (in.getShort() & 0xffff));
            case 'J' -> push((long) in.getInt());
            case 0x8a -> push(number(u8()));
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
            case 'X' -> push(text(in.getInt() & 0xffffffffL));
            case 0x8c -> push(text(u8()));
            case '}' -> push(new LinkedHashMap<String, Object>());
            case ']' -> push(new ArrayList<>());
            case ')' -> push(List.of());
            case 't' -> push(Collections.unmodifiableList(popMark()));
            case 0x85, 0x86, 0x87 -> push(Collections.unmodifiableList(pop(opcode - 0x84)));
            case 'q' -> memo.put((long) u8(), top());
            case 'r' -> memo.put(in.getInt() & 0xffffffffL, top());
            case 0x94 -> memo.put((long) memo.size(), top());
            case 'h' -> push(recall(u8()));
            case 'j' -> push(recall(in.getInt() & 0xffffffffL));
            case 'a' -> append(pop(1));
            case 'e' -> append(popMark());
            case 's' -> setItems(pop(2));
            case 'u' -> setItems(popMark());
            case 'c' -> push(calls.global(line() + "." + line()));
            case 0x93 -> stackGlobal();
            case 'R' -> reduce();
            case 'Q' -> push(calls.persistent(pop()));
            case 'b' -> build();
            default ->
                throw unsupported("pickle opcode " + REFUSED.getOrDefault(opcode, "")
                        + String.format("(0x%02x)", opcode) + " at byte " + (in.position() - 1)
                        + " is not allowed: only tensors are read, nothing is executed");
        }
    }

    private void protocol(int version) {
        if (version < 2 || version > 5) {
            throw unsupported("pickle protocol " + version + ", 2 to 5 are read");
        }
    }

    private long number(int bytes) {
        if (bytes > 8) {
            throw damaged("pickle holds an integer of " + bytes + " bytes, allowed=8");
        }
        long value = 0;
        int shift = 0;
        for (int i = 0; i < bytes; i++, shift += 8) {
            value |= (long) u8() << shift;
        }
        // The sign is the top bit of the last byte.
        return bytes == 0 ? 0 : value << 64 - shift >> 64 - shift;
    }

    private String text(long length) {
        if (length > in.remaining()) {
            throw damaged("pickle holds a string of " + length + " bytes, but only " + in.remaining() + " follow");
        }
        byte[] utf8 = new byte[(int) length];
        in.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        for (int c = u8(); c != '\n'; c = u8()) {
            if (line.length() == MAX_NAME) {
                throw damaged("pickle holds a name of more than " + MAX_NAME + " characters");
            }
            line.append((char) c);
        }
        return line.toString();
    }

    private void stackGlobal() {
        List<Object> names = pop(2);
        if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
            throw damaged("pickle names something by values that are not strings");
        }
        push(calls.global(module + "." + name));
    }

    private void reduce() {
        List<Object> call = pop(2);
        if (!(call.get(1) instanceof List<?> arguments)) {
            throw damaged("pickle calls something with arguments that are no tuple");
        }
        push(calls.call(call.get(0), arguments));
    }

    /** Python modules hang version numbers on their dict of tensors; they say nothing about the tensors. */
    private void build() {
        pop();
        if (!(top() instanceof Map)) {
            throw unsupported("pickle opcode BUILD on something that is not a dict is not allowed");
        }
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> values) {
        if (!(top() instanceof ArrayList<?> list)) {
            throw damaged("pickle appends to something that is not a list");
        }
        ((List<Object>) list).addAll(values);
    }

    @SuppressWarnings("unchecked")
    private void setItems(List<Object> pairs) {
        if (!(top() instanceof Map<?, ?> map) || pairs.size() % 2 != 0) {
            throw damaged("pickle sets items of something that is not a dict");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            if (!(pairs.get(i) instanceof String key)) {
                throw unsupported("pickle holds a dict whose keys are not strings");
            }
            ((Map<String, Object>) map).put(key, pairs.get(i + 1));
        }
    }

    private Object recall(long index) {
        Object value = memo.get(index);
        if (value == null) {
            throw damaged("pickle refers to memo " + index + ", which was never set");
        }
        return value;
    }

    private void push(Object value) {
        stack.add(value);
    }

    private Object top() {
        if (stack.isEmpty() || !marks.isEmpty() && marks.peek() == stack.size()) {
            throw damaged("pickle takes a value from an empty stack at byte " + in.position());
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    /** The last {@code count} values, in the order they were pushed. */
    private List<Object> pop(int count) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(pop());
        }
        Collections.reverse(values);
        return values;
    }

    private List<Object> popMark() {
        if (marks.isEmpty()) {
            throw damaged("pickle closes a group that was never opened");
        }
        List<Object> tail = stack.subList(marks.pop(), stack.size());
        List<Object> values = new ArrayList<>(tail);
        tail.clear();
        return values;
    }

    private int u8() {
        return in.get() & 0xff;
    }

    private LocretException damaged(String what) {
        return FormatErrors.damaged(format, what, path);
    }

    private LocretException unsupported(String what) {
        return FormatErrors.unsupported(format, what, path);
    }
}
