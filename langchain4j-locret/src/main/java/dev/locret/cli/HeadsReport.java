package dev.locret.cli;

import dev.locret.eviction.HeadKind;
import dev.locret.format.HeadsFile;
import dev.locret.tensor.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code heads info} tells.
 *
 * @param heads the file
 * @param kind the policy that scores with them
 * @param layers layers that have heads
 * @param layer0 shapes of the first layer's tensors by name
 * @param tensors number and bytes by element type
 * @param metadata what the file says of itself
 */
record HeadsReport(
        String heads,
        String kind,
        int layers,
        Map<String, String> layer0,
        Map<String, ModelReport.Tensors> tensors,
        Map<String, String> metadata) {
    static HeadsReport of(Path path) {
        Map<String, HostTensor> tensors = HeadsFile.open(path);
        Map<String, String> first = new LinkedHashMap<>();
        Map<String, ModelReport.Tensors> types = new TreeMap<>();
        tensors.forEach((name, tensor) -> {
            if (HeadKind.layer(name) == 0) {
                first.put(name, tensor.shape().toString());
            }
            types.merge(
                    tensor.type().name(),
                    new ModelReport.Tensors(1, tensor.sizeBytes()),
                    (a, b) -> new ModelReport.Tensors(a.count() + b.count(), Math.addExact(a.bytes(), b.bytes())));
        });
        return new HeadsReport(
                path.toString(),
                HeadKind.of(tensors.keySet(), path.toString()).policy(),
                HeadKind.layers(tensors.keySet()),
                first,
                types,
                HeadsFile.metadata(path));
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(heads);
        lines.add(entry("policy", kind));
        lines.add(entry("layers", "" + layers));
        tensors.forEach((type, of) ->
                lines.add(entry(type, of.count() + " tensors of " + ModelReportText.size(of.bytes()) + " in all")));
        lines.add("first layer");
        layer0.forEach((name, shape) -> lines.add(entry(name, shape)));
        if (!metadata.isEmpty()) {
            lines.add("metadata");
            metadata.forEach((name, value) -> lines.add(entry(name, value)));
        }
        return lines;
    }

    /** One line without control characters, which files may hold. */
    private static String entry(String name, String value) {
        return String.format(Locale.ROOT, "  %-24s %s", name, value).replaceAll("\\p{Cntrl}+", " ");
    }
}
