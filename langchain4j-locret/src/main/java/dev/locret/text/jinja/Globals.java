package dev.locret.text.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Functions every template sees. */
final class Globals {
    private static final Map<Character, String> DATE_PATTERNS = Map.ofEntries(
            Map.entry('Y', "yyyy"),
            Map.entry('y', "yy"),
            Map.entry('m', "MM"),
            Map.entry('d', "dd"),
            Map.entry('b', "MMM"),
            Map.entry('B', "MMMM"),
            Map.entry('a', "EEE"),
            Map.entry('A', "EEEE"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('p', "a"),
            Map.entry('j', "DDD"));

    private Globals() {}

    static Scope scope() {
        Scope scope = new Scope(null);
        scope.set("range", (Callable) Globals::range);
        scope.set("namespace", (Callable) Globals::namespace);
        scope.set("dict", (Callable) (e, a) -> dictionary(a));
        scope.set("raise_exception", (Callable) (e, a) -> {
            throw new Failure.Raised(e.print(a.require(0, "message")).toString());
        });
        scope.set("strftime_now", (Callable) (e, a) -> date(e, Values.text(a.require(0, "format"), "format")));
        return scope;
    }

    private static Object range(Evaluation e, Arguments a) {
        a.atMost("range", 3);
        long first = Values.integer(a.require(0, "start"), "argument of range");
        long start = a.positional().size() > 1 ? first : 0;
        long stop = a.positional().size() > 1 ? Values.integer(a.positional().get(1), "argument of range") : first;
        long step = a.positional().size() > 2 ? Values.integer(a.positional().get(2), "argument of range") : 1;
        if (step == 0) {
            throw new Failure("range() arg 3 must not be zero");
        }
        double count = Math.ceil(((double) stop - start) / step);
        e.budget.items((long) Math.max(0, count));
        List<Object> numbers = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            numbers.add(i);
        }
        return numbers;
    }

    private static Object namespace(Evaluation e, Arguments a) {
        Namespace namespace = new Namespace();
        for (Object initial : a.positional()) {
            if (!(initial instanceof Map)) {
                throw Values.mismatch(initial, "argument of namespace", "a mapping");
            }
            ((Map<?, ?>) initial).forEach((key, value) -> namespace.attributes.put(String.valueOf(key), value));
        }
        namespace.attributes.putAll(a.named());
        return namespace;
    }

    private static Object dictionary(Arguments a) {
        a.atMost("dict", Budget.MAX_DEPTH);
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Object initial : a.positional()) {
            if (!(initial instanceof Map)) {
                throw Values.mismatch(initial, "argument of dict", "a mapping");
            }
            map.putAll((Map<?, ?>) initial);
        }
        a.named().forEach((key, value) -> map.put(Text.trusted(key), value));
        return map;
    }

    private static Text date(Evaluation e, Text format) {
        LocalDateTime now = LocalDateTime.now(e.clock);
        StringBuilder out = new StringBuilder();
        String pattern = format.toString();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c != '%' || i + 1 == pattern.length()) {
                out.append(c);
                continue;
            }
            char directive = pattern.charAt(++i);
            // %-d is glibc's "without padding".
            boolean bare = directive == '-' && i + 1 < pattern.length();
            if (bare) {
                directive = pattern.charAt(++i);
            }
            String java = DATE_PATTERNS.get(directive);
            if (directive == '%') {
                out.append('%');
            } else if (java == null) {
                throw new Failure("strftime_now does not know %" + directive);
            } else {
                String part = now.format(DateTimeFormatter.ofPattern(java, Locale.ENGLISH));
                out.append(bare && part.startsWith("0") && part.length() > 1 ? part.substring(1) : part);
            }
        }
        e.budget.characters(out.length());
        return Text.of(out.toString(), format.isTrusted());
    }
}
