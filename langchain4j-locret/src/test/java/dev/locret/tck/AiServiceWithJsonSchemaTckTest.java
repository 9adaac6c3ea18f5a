package dev.locret.tck;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithJsonSchemaIT;
import java.util.List;

class AiServiceWithJsonSchemaTckTest extends AbstractAiServiceWithJsonSchemaIT {
    @Override
    protected List<ChatModel> models() {
        return List.of(Tck.chat().build());
    }

    @Override
    protected boolean supportsRecursion() {
        return true;
    }
}
