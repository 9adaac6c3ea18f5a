package dev.locret.architecture;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The layers of a root package, lowest first: a layer uses only itself and layers before it. A layer is a package with
 * what lies inside it, or a class: {@code Backends} chooses among devices, so it stands above them.
 */
final class Layers {
    static final List<String> ORDER = List.of(
            "common",
            "tensor",
            "format",
            "hub",
            "text",
            "backend",
            "backend.cpu",
            "backend.cuda",
            "backend.Backends",
            "backend.check",
            "cache",
            "eviction",
            "model",
            "generate",
            "engine",
            "metrics",
            "corpus",
            "train",
            "eval",
            "chat",
            "",
            "cli");

    /** The root package itself, and where its builders can be replaced. */
    private static final Set<String> FACE = Set.of("", ".spi");

    /** Layers that must not see each other although one comes before the other. */
    private static final Set<String> DEVICES = Set.of("backend.cpu", "backend.cuda");

    /** Layers that serve the command line alone, and the texts that they share. */
    private static final Set<String> TOOLS = Set.of("train", "eval");

    private static final String CORPUS = "corpus";

    /** A layer that nothing here uses: an application may lack its library. */
    private static final String METRICS = "metrics";

    private final String root;

    Layers(String root) {
        this.root = root;
    }

    /** What breaks the order, one line a dependency; a class in no layer is a line of its own. */
    Set<String> violations(JavaClasses classes) {
        return classes.stream()
                .flatMap(c -> layerOf(c).isPresent()
                        ? c.getDirectDependenciesFromSelf().stream()
                                .filter(d -> isOurs(target(d)) && forbidden(c, target(d)))
                                .map(d ->
                                        name(c) + " must not use " + name(target(d)) + ": " + d.getSourceCodeLocation())
                        : List.of(name(c) + " is in no layer").stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Of an array, what it holds. */
    private static JavaClass target(Dependency dependency) {
        return dependency.getTargetClass().getBaseComponentType();
    }

    private boolean forbidden(JavaClass from, JavaClass to) {
        String source = layerOf(from).orElseThrow();
        Optional<String> target = layerOf(to);
        if (target.isEmpty() || target.get().equals(source)) {
            return target.isEmpty();
        }
        return ORDER.indexOf(target.get()) > ORDER.indexOf(source)
                || DEVICES.contains(source) && DEVICES.contains(target.get())
                || TOOLS.contains(target.get()) && !source.equals("cli")
                || target.get().equals(CORPUS) && !TOOLS.contains(source) && !source.equals("cli")
                || target.get().equals(METRICS);
    }

    /** The layer whose name is the longest beginning of the class's name. */
    private Optional<String> layerOf(JavaClass type) {
        if (FACE.contains(type.getPackageName().substring(root.length()))) {
            return Optional.of("");
        }
        String inside = name(type).replace('$', '.');
        return ORDER.stream()
                .filter(layer -> !layer.isEmpty() && (inside + ".").startsWith(layer + "."))
                .max((a, b) -> Integer.compare(a.length(), b.length()));
    }

    private boolean isOurs(JavaClass type) {
        return (type.getPackageName() + ".").startsWith(root + ".");
    }

    private String name(JavaClass type) {
        return type.getName().substring(root.length() + 1);
    }
}
