package dev.locret.spring.autoconfigure;

import dev.langchain4j.model.chat.Capability;
import dev.locret.backend.KvCacheType;
import dev.locret.chat.tools.ToolFormat;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Properties of the model that is loaded, and defaults of requests to the two beans that share it.
 *
 * @param modelPath GGUF file, safetensors file, directory with either, or hf:owner/name[@revision][/file], which is
 *     downloaded unless it is here. Without it there are no beans.
 * @param load When the model is loaded: before the application has started, in the background, or by the first call.
 * @param retainingHeadsPath Retaining heads trained for the very model, as safetensors or as a PyTorch file.
 * @param questionAwareHeadsPath Retaining heads trained with the question in front of the document.
 * @param device Device that computes: auto (the CPU), cpu, cuda or cuda:N, the graphics card of number N from 0.
 * @param cacheBudget Entries that each KV head keeps, for example 4096, or memory for all caches, for example 2GB. An
 *     eighth of the model's window unless set, at most 16384.
 * @param chunkSize Tokens of a prompt that are read at a time.
 * @param stabilizers Last entries that stay in the cache after each chunk but the final one. An eighth of the budget
 *     unless set.
 * @param localTokens Last tokens of a prompt, such as the question, which are read after the final eviction.
 * @param pinnedTokens First tokens of a prompt that stay whatever their score. By default what the chat template writes
 *     in front of the user's first text, at most a quarter of the budget.
 * @param recentShare Share of the budget for the last entries, which stay whatever their score, 0 up to 1.
 * @param scorePooling Odd width of the maximum taken over neighbouring tokens' scores, 1 for none.
 * @param budgetAllocation How entries are divided among layers and heads: uniform, pooled or pyramid.
 * @param valueNorm Whether scores are combined with the norm of what an entry adds to the output.
 * @param mergeEvicted Whether values that are dropped are merged into those of the nearest keys that stay.
 * @param kvCacheType How the cache holds keys and values: f32, or f16, q8-0 and q4-0, which take less memory.
 * @param policy Eviction policy, which decides the entries that are kept. With auto it is that of the trained heads, if
 *     there are any.
 * @param ropeFactors Longrope's factors: long, or auto for the short ones inside the original window.
 * @param threads Threads that compute. All processors unless set.
 * @param maxSessions Requests that are computed at once, each with a cache of its own.
 * @param queueCapacity Requests that may wait. Further ones are refused.
 * @param timeout Time for a request, waiting for its turn or for the model to be loaded included. Unlimited unless set,
 *     since long prompts take long.
 * @param prefixCacheSize Memory for what was read of earlier prompts, 0 for none. Room for six caches unless set, at most
 *     a quarter of the memory left.
 * @param tokenGap Longest time between two tokens of an answer that the reading of another prompt may cause.
 * @param contexts Texts that are read once and asked often.
 * @param chatModel Defaults of requests to the chat model.
 * @param streamingChatModel Defaults of requests to the streaming chat model.
 */
@ConfigurationProperties(LocretProperties.PREFIX)
record LocretProperties(
        String modelPath,
        @DefaultValue("eager") LoadMode load,
        String retainingHeadsPath,
        String questionAwareHeadsPath,
        String device,
        String cacheBudget,
        Integer chunkSize,
        Integer stabilizers,
        Integer localTokens,
        Integer pinnedTokens,
        Double recentShare,
        Integer scorePooling,
        String budgetAllocation,
        Boolean valueNorm,
        Boolean mergeEvicted,
        KvCacheType kvCacheType,
        String policy,
        String ropeFactors,
        Integer threads,
        Integer maxSessions,
        Integer queueCapacity,
        Duration timeout,
        DataSize prefixCacheSize,
        Duration tokenGap,
        @DefaultValue Contexts contexts,
        @DefaultValue Request chatModel,
        @DefaultValue Request streamingChatModel) {
    static final String PREFIX = "langchain4j.locret";
    static final String CHAT_MODEL = "chat-model";
    static final String STREAMING_CHAT_MODEL = "streaming-chat-model";

    /**
     * Texts that are read once and asked often.
     *
     * @param directory Directory in which texts that were read outlive the process. Without it they do not.
     * @param maxSize Most that this directory may hold, beyond which the oldest go, 0 for no limit.
     */
    record Contexts(String directory, DataSize maxSize) {}

    /**
     * Defaults of requests.
     *
     * @param modelName Name under which the model answers. Otherwise that in its file.
     * @param temperature Randomness of the answer; 0 takes the most likely token.
     * @param topP Share of probability from which tokens are drawn, 0 to 1.
     * @param topK Number of most likely tokens from which one is drawn, 0 for all.
     * @param minP Least probability of a token, relative to the most likely one, 0 to 1.
     * @param seed Seed of the draws: same seed, same text.
     * @param frequencyPenalty Penalty that grows with how often a token was there before.
     * @param presencePenalty Penalty of tokens that were there before.
     * @param repetitionPenalty Factor against tokens that were there before, 1 for none.
     * @param maxOutputTokens Most tokens of an answer, the prompt not counted.
     * @param stop Comma-separated list of texts that end an answer and are not part of it.
     * @param questionAware Whether prompts beyond the budget are read with the question in front of the document.
     * @param mergeMessages Whether messages that the model's template refuses are joined so that it takes them.
     * @param think Whether the model thinks before it answers. Otherwise what its chat template says.
     * @param returnThinking Whether answers carry what the model thought.
     * @param sendThinking Whether thoughts in earlier answers are given to the chat template.
     * @param toolFormat How the model is told of tools and writes its calls. Otherwise found in its chat template.
     * @param supportedCapabilities Comma-separated list of capabilities that the model is told to have.
     */
    record Request(
            String modelName,
            Double temperature,
            Double topP,
            Integer topK,
            Double minP,
            Long seed,
            Double frequencyPenalty,
            Double presencePenalty,
            Double repetitionPenalty,
            Integer maxOutputTokens,
            List<String> stop,
            Boolean questionAware,
            Boolean mergeMessages,
            Boolean think,
            Boolean returnThinking,
            Boolean sendThinking,
            ToolFormat toolFormat,
            Set<Capability> supportedCapabilities) {}
}
