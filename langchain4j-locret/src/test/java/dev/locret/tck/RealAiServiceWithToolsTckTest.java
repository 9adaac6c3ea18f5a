package dev.locret.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.ChatModel;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** The same with the form of the real model's answers checked. */
class RealAiServiceWithToolsTckTest extends AiServiceWithToolsTckTest {
    private static final int BEFORE = FormCheckedChatModel.CHECKED.get();

    @Override
    protected List<ChatModel> models() {
        return List.of(new FormCheckedChatModel());
    }

    @AfterAll
    static void theRealModelWasAsked() {
        assertThat(FormCheckedChatModel.CHECKED.get() - BEFORE).isGreaterThanOrEqualTo(20);
    }
}
