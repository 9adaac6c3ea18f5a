package dev.locret.samples.rag;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.input.PromptTemplate;
import dev.langchain4j.rag.DefaultRetrievalAugmentor;
import dev.langchain4j.rag.content.injector.DefaultContentInjector;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;

/** Answers a question from what a retriever finds for it. */
interface Reader {
    Result<String> answer(String question);

    /**
     * Contents first and the question last. LangChain4j's default puts the question in front; but the end of a prompt is what a model
     * of this project reads after its last eviction, so the question should be there.
     */
    static Reader of(ChatModel model, ContentRetriever retriever) {
        PromptTemplate template =
                PromptTemplate.from("{{contents}}\n\nAnswer from the texts above, in a few words. {{userMessage}}");
        return AiServices.builder(Reader.class)
                .chatModel(model)
                .retrievalAugmentor(DefaultRetrievalAugmentor.builder()
                        .contentRetriever(retriever)
                        .contentInjector(new DefaultContentInjector(template))
                        .build())
                .build();
    }
}
