package dev.locret.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.locret.format.Dequantizer;
import dev.locret.format.SafetensorsFile;
import dev.locret.tensor.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** Vectors made by the Locret authors' code and by Hugging Face transformers on tiny models. */
public final class Golden {
    private final Path directory;
    private final JsonNode cases;

    private Golden(Path directory) throws IOException {
        this.directory = directory;
        this.cases = new ObjectMapper().readTree(directory.resolve("cases.json").toFile());
    }

    public static Golden of(String model) {
        try {
            return new Golden(
                    Path.of(Golden.class.getResource("/golden/" + model).toURI()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public Path directory() {
        return directory;
    }

    public JsonNode cases() {
        return cases;
    }

    public JsonNode locretCase(String name) {
        for (JsonNode c : cases.get("cases")) {
            if (c.get("name").asText().equals(name)) {
                return c;
            }
        }
        throw new IllegalArgumentException("no case " + name);
    }

    public static int[] ints(JsonNode array) {
        int[] out = new int[array.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = array.get(i).asInt();
        }
        return out;
    }

    /** Values of a tensor of {@code expected.safetensors}. */
    public float[] expected(String tensor) {
        HostTensor found = SafetensorsFile.open(directory.resolve("expected.safetensors"))
                .tensors()
                .get(tensor);
        return Dequantizer.rows(found, 0, Math.toIntExact(found.rows()));
    }

    /**
     * Both sides compute in float32 in different orders: they agree to about 1e-4 of the spread of the logits, as the
     * vectors' README states.
     */
    public void assertClose(String tensor, float[] actual) {
        assertClose(tensor, expected(tensor), actual);
    }

    /** As above for vectors that another device computed. */
    public static void assertClose(String tensor, float[] expected, float[] actual) {
        assertThat(actual).hasSameSizeAs(expected);
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        float worst = 0;
        for (int i = 0; i < expected.length; i++) {
            min = Math.min(min, expected[i]);
            max = Math.max(max, expected[i]);
            worst = Math.max(worst, Math.abs(expected[i] - actual[i]));
        }
        assertThat(worst)
                .as("largest difference of %s, spread %s", tensor, max - min)
                .isLessThan(1e-4f * (max - min));
    }
}
