package dev.locret.tck;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.output.TokenUsage;
import dev.langchain4j.service.common.AbstractAiServiceIT;
import dev.locret.LocretTokenUsage;
import java.util.List;

class AiServiceTckTest extends AbstractAiServiceIT {
    @Override
    protected List<ChatModel> models() {
        return List.of(Tck.chat().build());
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
        return LocretTokenUsage.class;
    }
}
