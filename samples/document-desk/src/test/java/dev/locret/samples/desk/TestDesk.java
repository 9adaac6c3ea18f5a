package dev.locret.samples.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The desk as it is started by hand, over the demo model, with the users anna and bert. */
final class TestDesk implements AutoCloseable {
    static final String PASSWORD = "correct horse";

    private final ConfigurableApplicationContext context;

    TestDesk(Path data, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--desk.data=" + data,
                "--desk.users.anna={noop}" + PASSWORD,
                "--desk.users.bert={noop}" + PASSWORD,
                "--desk.answer-tokens=400",
                "--langchain4j.locret.model-path=" + setting("desk.model"),
                "--langchain4j.locret.retaining-heads-path=" + setting("desk.heads"),
                "--langchain4j.locret.cache-budget=512"));
        arguments.addAll(List.of(more));
        context = DeskApplication.start(arguments.toArray(String[]::new));
    }

    static String setting(String name) {
        String value = System.getProperty(name, "");
        assertThat(value).as("-D%s is set; run test.sh, which does it", name).isNotEmpty();
        return value;
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    String url() {
        return "http://localhost:"
                + ((WebServerApplicationContext) context).getWebServer().getPort();
    }

    @Override
    public void close() {
        context.close();
    }
}
