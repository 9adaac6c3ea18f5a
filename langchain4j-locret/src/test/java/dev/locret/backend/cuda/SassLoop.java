package dev.locret.backend.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Instructions of a kernel's innermost loop around a given one, or of all of a kernel that has none, in machine code as
 * {@code nvdisasm -c} writes it. Code that runs in some passes only counts as if it ran in all.
 *
 * @param kernel name
 * @param counts how often an instruction stands in the loop; with its width where it moves data
 */
record SassLoop(String kernel, SortedMap<String, Integer> counts) {
    private static final Pattern LABEL = Pattern.compile("^\\s*(\\.L_x_\\d+):");
    private static final Pattern INSTRUCTION =
            Pattern.compile("/\\*[0-9a-f]{4,}\\*/\\s+(?:@!?U?P\\w+\\s+)?([A-Z][A-Z0-9_.]*)([^;]*);");
    private static final Pattern TARGET = Pattern.compile("\\.L_x_\\d+");
    private static final Pattern MOVES = Pattern.compile("LD|LDG|LDS|LDSM|LDGSTS|ST|STG|STS");

    /** @param within begins the name of an instruction that the loop has to hold */
    static SassLoop find(String text, String kernel, String within) {
        List<String> code = new ArrayList<>();
        Map<String, Integer> labels = new HashMap<>();
        List<String> smallest = null;
        boolean inside = false;
        for (String line : text.split("\n")) {
            if (line.startsWith(".text.")) {
                inside = line.equals(".text." + kernel + ":");
            }
            Matcher label = LABEL.matcher(line);
            Matcher instruction = INSTRUCTION.matcher(line);
            if (inside && label.find()) {
                labels.put(label.group(1), code.size());
            } else if (inside && instruction.find()) {
                String name = instruction.group(1);
                code.add(name);
                Matcher target = TARGET.matcher(instruction.group(2));
                if (name.startsWith("BRA") && target.find() && labels.containsKey(target.group())) {
                    List<String> loop = code.subList(labels.get(target.group()), code.size());
                    boolean holds = loop.stream().anyMatch(each -> each.startsWith(within));
                    if (holds && (smallest == null || loop.size() < smallest.size())) {
                        smallest = List.copyOf(loop);
                    }
                }
            }
        }
        if (smallest == null) {
            throw new IllegalStateException("no loop of " + kernel + " holds " + within);
        }
        return of(kernel, smallest);
    }

    /** All of a kernel without loops up to its end; what it calls stands behind that. */
    static SassLoop straight(String text, String kernel) {
        String code = text.substring(text.indexOf(".text." + kernel + ":\n"));
        List<String> names = new ArrayList<>();
        Matcher instruction = INSTRUCTION.matcher(code);
        while (instruction.find()) {
            names.add(instruction.group(1));
            // One with a predicate ends some lanes only.
            if (instruction.group(1).equals("EXIT") && !instruction.group().contains("@")) {
                return of(kernel, names);
            }
        }
        throw new IllegalStateException(kernel + " does not end");
    }

    private static SassLoop of(String kernel, List<String> names) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        names.forEach(each -> counts.merge(shorten(each), 1, Integer::sum));
        return new SassLoop(kernel, counts);
    }

    private static String shorten(String name) {
        String base = name.replaceAll("\\..*", "");
        if (base.equals("HMMA")) {
            return name.replaceAll("(HMMA\\.\\d+).*", "$1");
        }
        if (!MOVES.matcher(base).matches()) {
            return base;
        }
        if (base.equals("LDSM")) {
            return base + ".128";
        }
        Matcher width = Pattern.compile("\\.(64|128)\\b").matcher(name);
        return width.find() ? base + "." + width.group(1) : base;
    }

    /** The line of a table: kernel, then instructions with their numbers. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(kernel);
        counts.forEach((name, count) -> out.append(' ').append(name).append('=').append(count));
        return out.toString();
    }

    static SassLoop parse(String line) {
        String[] words = line.split(" ");
        SortedMap<String, Integer> counts = new TreeMap<>();
        for (int i = 1; i < words.length; i++) {
            String[] pair = words[i].split("=");
            counts.put(pair[0], Integer.parseInt(pair[1]));
        }
        return new SassLoop(words[0], counts);
    }
}
