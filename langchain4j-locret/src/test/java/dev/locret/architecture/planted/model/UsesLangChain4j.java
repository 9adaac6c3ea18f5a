package dev.locret.architecture.planted.model;

import dev.langchain4j.data.message.UserMessage;

/** A breach: the forward pass knows the face. */
class UsesLangChain4j {
    UserMessage message;
}
