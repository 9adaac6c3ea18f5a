package dev.locret.tck;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.common.AbstractChatModelIT;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponseMetadata;
import dev.langchain4j.model.output.TokenUsage;
import dev.locret.LocretChatRequestParameters;
import dev.locret.LocretChatResponseMetadata;
import dev.locret.LocretTokenUsage;
import java.util.List;

/** All of LangChain4j's tests of a chat model but those with images, which no model here takes. */
class ChatModelTckTest extends AbstractChatModelIT {
    @Override
    protected List<ChatModel> models() {
        return List.of(Tck.chat().build());
    }

    @Override
    protected ChatModel createModelWith(ChatRequestParameters parameters) {
        return Tck.chat().defaultRequestParameters(parameters).build();
    }

    @Override
    protected String customModelName() {
        return Tck.OTHER_NAME;
    }

    @Override
    protected ChatRequestParameters createIntegrationSpecificParameters(int maxOutputTokens) {
        return LocretChatRequestParameters.builder()
                .maxOutputTokens(maxOutputTokens)
                .build();
    }

    @Override
    protected Class<? extends ChatResponseMetadata> chatResponseMetadataType(ChatModel model) {
        return LocretChatResponseMetadata.class;
    }

    /** Text only: that images are refused is tested instead. */
    @Override
    protected boolean supportsSingleImageInputAsBase64EncodedString() {
        return false;
    }

    /** As above. */
    @Override
    protected boolean supportsSingleImageInputAsPublicURL() {
        return false;
    }

    @Override
    protected Class<? extends TokenUsage> tokenUsageType(ChatModel model) {
        return LocretTokenUsage.class;
    }
}
