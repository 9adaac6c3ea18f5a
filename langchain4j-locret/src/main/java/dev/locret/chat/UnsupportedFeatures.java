package dev.locret.chat;

import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ToolChoice;

/** Refuses what a request asks for and nobody here does: an answer that ignores it would look like one that does not. */
public final class UnsupportedFeatures {
    private UnsupportedFeatures() {}

    /**
     * Fails unless all parameters can be respected.
     *
     * @param think whether the model is told to think, or null
     * @throws UnsupportedFeatureException with the parameter's name
     */
    public static void refuse(ChatRequestParameters parameters, Boolean think) {
        boolean forced = parameters.toolChoice() == ToolChoice.REQUIRED;
        if (forced && parameters.toolSpecifications().isEmpty()) {
            throw unsupported("parameter 'toolChoice' REQUIRED without 'toolSpecifications'");
        }
        if (forced && Boolean.TRUE.equals(think)) {
            throw unsupported("parameter 'think' with 'toolChoice' REQUIRED, which begins with the call,");
        }
    }

    /** The refusal of {@code feature}. */
    public static UnsupportedFeatureException unsupported(String feature) {
        return new UnsupportedFeatureException(feature + " is not supported by Locret");
    }
}
