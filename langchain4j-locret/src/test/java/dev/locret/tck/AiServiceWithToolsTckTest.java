package dev.locret.tck;

import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.common.AbstractAiServiceWithToolsIT;
import java.util.List;

/** All but results of tools that are images, which no model here takes: that they are refused is tested instead. */
class AiServiceWithToolsTckTest extends AbstractAiServiceWithToolsIT {
    @Override
    protected List<ChatModel> models() {
        return List.of(Tck.chat().build());
    }

    @Override
    protected boolean supportsRecursion() {
        return true;
    }

    /** The test's own comes from the network. */
    @Override
    protected Image catImage() {
        return Image.builder().base64Data("AAAA").mimeType("image/png").build();
    }
}
