package dev.locret.text.jinja;

import java.util.List;
import java.util.Map;

/** Turns values into text: {@code str}, {@code repr} and JSON as Python's {@code json.dumps} writes it. */
final class Printer {
    private final Budget budget;
    private final StringBuilder out = new StringBuilder();
    private boolean trusted = true;

    private Printer(Budget budget) {
        this.budget = budget;
    }

    /** What {@code {{ value }}} writes. */
    static Text print(Budget budget, Object value) {
        if (value instanceof Text) {
            return (Text) value;
        }
        if (value instanceof Undefined) {
            return Text.EMPTY;
        }
        Printer printer = new Printer(budget);
        printer.repr(value, 0);
        return printer.text();
    }

    /**
     * JSON with non-ASCII characters as they are and no HTML escapes, as Hugging Face's {@code tojson}.
     *
     * @param indent blanks per level, or negative for one line
     */
    static Text json(Budget budget, Object value, int indent, boolean sortKeys, String comma, String colon) {
        Printer printer = new Printer(budget);
        new JsonStyle(indent, sortKeys, comma, colon).write(printer, value, 0);
        return printer.text();
    }

    private record JsonStyle(int indent, boolean sortKeys, String comma, String colon) {
        void write(Printer p, Object value, int depth) {
            p.budget.value(depth);
            if (value instanceof Text) {
                p.trusted &= ((Text) value).isTrusted();
                p.jsonString(value.toString());
            } else if (value == null) {
                p.add("null");
            } else if (value instanceof Boolean) {
                p.add((Boolean) value ? "true" : "false");
            } else if (value instanceof Double && !Double.isFinite((Double) value)) {
                double d = (Double) value;
                p.add(Double.isNaN(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
            } else if (value instanceof Number) {
                p.repr(value, depth);
            } else if (value instanceof List) {
                String separator = "[";
                for (Object item : (List<?>) value) {
                    p.add(separator);
                    newline(p, depth + 1);
                    write(p, item, depth + 1);
                    separator = comma;
                }
                close(p, separator.equals("["), "[", "]", depth);
            } else if (value instanceof Map) {
                map(p, (Map<?, ?>) value, depth);
            } else {
                throw new Failure("Object of type " + typeName(value) + " is not JSON serializable");
            }
        }

        private void map(Printer p, Map<?, ?> map, int depth) {
            boolean empty = true;
            Iterable<? extends Map.Entry<?, ?>> entries = map.entrySet();
            if (sortKeys) {
                entries = map.entrySet().stream()
                        .sorted((a, b) -> Values.compare(p.budget, a.getKey(), b.getKey(), "<"))
                        .toList();
            }
            for (Map.Entry<?, ?> entry : entries) {
                p.add(empty ? "{" : comma);
                newline(p, depth + 1);
                key(p, entry.getKey());
                p.add(colon);
                write(p, entry.getValue(), depth + 1);
                empty = false;
            }
            close(p, empty, "{", "}", depth);
        }

        private void key(Printer p, Object key) {
            if (key instanceof Text) {
                p.trusted &= ((Text) key).isTrusted();
                p.jsonString(key.toString());
            } else {
                p.add("\"");
                write(p, key, 0);
                p.add("\"");
            }
        }

        private void close(Printer p, boolean empty, String open, String close, int depth) {
            if (empty) {
                p.add(open);
            } else {
                newline(p, depth);
            }
            p.add(close);
        }

        private void newline(Printer p, int depth) {
            if (indent >= 0) {
                p.add("\n" + " ".repeat(indent * depth));
            }
        }

        private static String typeName(Object value) {
            return Values.typeName(value);
        }
    }

    private Text text() {
        return Text.of(out.toString(), trusted);
    }

    private void add(String piece) {
        budget.characters(piece.length());
        out.append(piece);
    }

    private void repr(Object value, int depth) {
        budget.value(depth);
        if (value == null) {
            add("None");
        } else if (value instanceof Boolean) {
            add((Boolean) value ? "True" : "False");
        } else if (value instanceof Double) {
            add(PythonText.number((Double) value));
        } else if (value instanceof Long) {
            add(value.toString());
        } else if (value instanceof Text) {
            trusted &= ((Text) value).isTrusted();
            add(PythonText.quoted(value.toString()));
        } else if (value instanceof List) {
            list((List<?>) value, value instanceof Tuple, depth);
        } else if (value instanceof Map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                add(separator);
                repr(entry.getKey(), depth + 1);
                add(": ");
                repr(entry.getValue(), depth + 1);
                separator = ", ";
            }
            add(separator.equals("{") ? "{}" : "}");
        } else if (value instanceof Undefined) {
            add("Undefined");
        } else {
            throw new Failure("a " + Values.typeName(value) + " cannot be printed");
        }
    }

    private void list(List<?> list, boolean tuple, int depth) {
        add(tuple ? "(" : "[");
        for (int i = 0; i < list.size(); i++) {
            add(i == 0 ? "" : ", ");
            repr(list.get(i), depth + 1);
        }
        add(!tuple ? "]" : list.size() == 1 ? ",)" : ")");
    }

    private void jsonString(String value) {
        StringBuilder json = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            int simple = "\"\\\n\r\t\b\f".indexOf(c);
            if (simple >= 0) {
                json.append('\\').append("\"\\nrtbf".charAt(simple));
            } else if (c < 32) {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        add(json.append('"').toString());
    }
}
