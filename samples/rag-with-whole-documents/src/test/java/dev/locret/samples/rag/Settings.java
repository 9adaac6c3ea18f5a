package dev.locret.samples.rag;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** What {@code test.sh} fetched and started. */
final class Settings {
    private Settings() {}

    static Path documents() {
        return Path.of(value("rag.documents"));
    }

    static String model() {
        return value("rag.model");
    }

    static String heads() {
        return value("rag.heads");
    }

    static String postgres() {
        return value("rag.postgres");
    }

    private static String value(String name) {
        String value = System.getProperty(name, "");
        assertThat(value).as("-D%s is set; run test.sh, which does it", name).isNotEmpty();
        return value;
    }
}
