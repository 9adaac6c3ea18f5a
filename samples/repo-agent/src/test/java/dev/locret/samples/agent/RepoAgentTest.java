package dev.locret.samples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.request.ToolChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepoAgentTest {
    @TempDir
    private Path root;

    private final ScriptedModel model = new ScriptedModel();
    private final List<String> trace = new ArrayList<>();

    @BeforeEach
    void fill() throws IOException {
        Files.writeString(root.resolve("a.txt"), "The number is 7.");
    }

    private RepoAgent agent(int minCalls, int maxCalls) throws IOException {
        return new RepoAgent(
                model, new RepositoryTools(new Repository(root), 1_000).all(), minCalls, maxCalls, trace::add);
    }

    private List<String> results() {
        List<ChatMessage> messages =
                model.requests.get(model.requests.size() - 1).messages();
        return messages.stream()
                .filter(ToolExecutionResultMessage.class::isInstance)
                .map(message -> ((ToolExecutionResultMessage) message).text())
                .toList();
    }

    @Test
    void itLooksAndAnswers() throws IOException {
        model.call("list", "{}")
                .call("search", "{\"text\": \"number\"}")
                .call("read", "{\"file\": \"a.txt\"}")
                .answer("7");

        assertThat(agent(0, 10).ask("Which number?")).isEqualTo("7");
        assertThat(results()).containsExactly("a.txt\n", "a.txt:1: The number is 7.\n", "The number is 7.\n");
        assertThat(trace)
                .containsExactly(
                        "list{}\na.txt\n",
                        "search{\"text\": \"number\"}\na.txt:1: The number is 7.\n",
                        "read{\"file\": \"a.txt\"}\nThe number is 7.\n");
    }

    @Test
    void everyRequestBeginsAsTheOneBefore() throws IOException {
        model.call("list", "{}").call("read", "{\"file\": \"a.txt\"}").answer("7");
        agent(2, 10).ask("Which number?");

        for (int i = 1; i < model.requests.size(); i++) {
            List<ChatMessage> before = model.requests.get(i - 1).messages();
            assertThat(model.requests.get(i).messages()).startsWith(before.toArray(ChatMessage[]::new));
            assertThat(model.requests.get(i).toolSpecifications())
                    .isEqualTo(model.requests.get(i - 1).toolSpecifications());
        }
    }

    @Test
    void refusalsAreResultsAndTheModelGoesOn() throws IOException {
        model.call("read", "{\"file\": \"/etc/passwd\"}").answer("I may not.");

        assertThat(agent(0, 10).ask("Who has an account?")).isEqualTo("I may not.");
        assertThat(results()).containsExactly("refused: outside of the directory: /etc/passwd");
    }

    @Test
    void callsAreForcedUntilThereAreEnough() throws IOException {
        model.call("list", "{}").call("list", "{}").answer("7");
        agent(2, 10).ask("Which number?");

        assertThat(model.requests)
                .extracting(request -> request.parameters().toolChoice())
                .containsExactly(ToolChoice.REQUIRED, ToolChoice.REQUIRED, null);
    }

    @Test
    void itGivesUp() throws IOException {
        model.call("list", "{}").call("list", "{}").call("list", "{}");
        RepoAgent agent = agent(0, 2);

        assertThatThrownBy(() -> agent.ask("Which number?"))
                .isInstanceOf(GaveUpException.class)
                .hasMessage("gave up: the model does not answer after 2 calls");
        assertThat(model.requests).hasSize(3);
    }
}
