package dev.locret.tck;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceIT;
import java.util.List;

class AiServiceTckTest extends AbstractAiServiceIT {
    @Override
    protected List<ChatModel> models() {
        return List.of(Tck.chat().build());
    }
}
