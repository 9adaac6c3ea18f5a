package dev.locret;

import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.locret.backend.KvCacheType;
import dev.locret.chat.tools.ToolFormat;
import dev.locret.common.Checks;
import dev.locret.engine.EngineOptions;
import dev.locret.engine.LocretEngine;
import dev.locret.hub.DownloadProgress;
import dev.locret.hub.HubConfig;
import dev.locret.hub.ModelHub;
import dev.locret.hub.ModelSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Setters that both chat models have. A model is either loaded, from {@link #modelPath(Path)} and what else there is
 * about loading, or shared by {@link #engine}. Null always means the default.
 *
 * @param <B> the builder itself
 */
public abstract class LocretModelBuilder<B extends LocretModelBuilder<B>> {
    private final Map<String, Consumer<EngineOptions.Builder>> loading = new LinkedHashMap<>();
    private final LocretChatRequestParameters.Builder parameters = LocretChatRequestParameters.builder();
    private ChatRequestParameters defaultRequestParameters = LocretChatRequestParameters.EMPTY;
    private final Map<String, LocretEngine> otherEngines = new LinkedHashMap<>();
    private LocretEngine engine;
    private Supplier<LocretEngine> engineSupplier;
    private ModelSource modelSource;
    private ToolFormat toolFormat;
    private boolean returnThinking;
    private boolean sendThinking = true;
    private List<ChatModelListener> listeners = List.of();
    private boolean mergeMessages;
    private Set<Capability> supportedCapabilities = ChatRuntime.CAPABILITIES;

    LocretModelBuilder() {}

    /** This, by its own type. */
    protected abstract B self();

    /** A GGUF file, a safetensors file, or a directory with either. */
    public B modelPath(Path modelPath) {
        this.modelSource = modelPath == null ? null : new ModelSource.Local(modelPath);
        return self();
    }

    /** As {@link #modelPath(Path)}, or {@code hf:owner/name[@revision][/file]}, which is downloaded unless it is here. */
    public B modelPath(String modelPath) {
        this.modelSource = modelPath == null ? null : ModelSource.parse(modelPath);
        return self();
    }

    /** Retaining heads, trained for the very model: safetensors, or PyTorch as their authors publish them. */
    public B retainingHeadsPath(Path retainingHeadsPath) {
        return loading("retainingHeadsPath", retainingHeadsPath, EngineOptions.Builder::headsPath);
    }

    /** As {@link #retainingHeadsPath(Path)}. */
    public B retainingHeadsPath(String retainingHeadsPath) {
        return retainingHeadsPath(retainingHeadsPath == null ? null : Path.of(retainingHeadsPath));
    }

    /**
     * Retaining heads that were trained with the question in front of the document, for requests with {@code
     * questionAware}; without them such requests use the others.
     */
    public B questionAwareHeadsPath(Path questionAwareHeadsPath) {
        return loading("questionAwareHeadsPath", questionAwareHeadsPath, EngineOptions.Builder::questionAwareHeadsPath);
    }

    /** As {@link #questionAwareHeadsPath(Path)}. */
    public B questionAwareHeadsPath(String questionAwareHeadsPath) {
        return questionAwareHeadsPath(questionAwareHeadsPath == null ? null : Path.of(questionAwareHeadsPath));
    }

    /** {@code auto} (default, the CPU), {@code cpu}, {@code cuda} or {@code cuda:N}: see docs/cuda.md. */
    public B device(String device) {
        return loading("device", device, EngineOptions.Builder::device);
    }

    /** Entries of the KV cache that are kept per KV head, which fixes its memory whatever the length of prompts. */
    public B cacheBudget(Integer cacheBudget) {
        return loading("cacheBudget", cacheBudget, EngineOptions.Builder::cacheBudget);
    }

    /** As {@link #cacheBudget(Integer)} for {@code 4096}; or memory for the caches, as {@code 2GB} or {@code 512MiB}. */
    public B cacheBudget(String cacheBudget) {
        return loading("cacheBudget", cacheBudget, EngineOptions.Builder::cacheBudget);
    }

    /** Tokens read at a time. */
    public B chunkSize(Integer chunkSize) {
        return loading("chunkSize", chunkSize, EngineOptions.Builder::chunkSize);
    }

    /** Last entries that stay after each chunk but the final one. */
    public B stabilizers(Integer stabilizers) {
        return loading("stabilizers", stabilizers, EngineOptions.Builder::stabilizers);
    }

    /** Last tokens of a prompt, such as the question, which are read after the final eviction. */
    public B localTokens(Integer localTokens) {
        return loading("localTokens", localTokens, EngineOptions.Builder::localTokens);
    }

    /**
     * First tokens of a prompt that stay whatever their score, so that a system message is never evicted; default what
     * the chat template writes in front of the user's first text, at most a quarter of the budget.
     */
    public B pinnedTokens(Integer pinnedTokens) {
        return loading("pinnedTokens", pinnedTokens, EngineOptions.Builder::pinnedTokens);
    }

    /**
     * Share of the budget, 0 up to 1, for the last entries, which then stay whatever their score; 0 by default. Worth it
     * where answers continue the text rather than find something in it.
     */
    public B recentShare(Double recentShare) {
        return loading("recentShare", recentShare, EngineOptions.Builder::recentShare);
    }

    /** How the budgets of all heads are divided among them: {@code uniform} (default), {@code pooled}, {@code pyramid}. */
    public B budgetAllocation(String budgetAllocation) {
        return loading("budgetAllocation", budgetAllocation, EngineOptions.Builder::budgetAllocation);
    }

    /** Odd width of the maximum taken over neighbouring tokens' scores; 1, none, by default. */
    public B scorePooling(Integer scorePooling) {
        return loading("scorePooling", scorePooling, EngineOptions.Builder::scorePooling);
    }

    /** Whether values that are dropped are merged into those of the nearest keys that stay; off by default. */
    public B mergeEvicted(Boolean mergeEvicted) {
        return loading("mergeEvicted", mergeEvicted, EngineOptions.Builder::mergeEvicted);
    }

    /**
     * How the cache holds keys and values: {@code F32} by default; {@code F16}, {@code Q8_0} and {@code Q4_0} take a
     * half, a quarter and a seventh of the memory.
     */
    public B kvCacheType(KvCacheType kvCacheType) {
        return loading("kvCacheType", kvCacheType, EngineOptions.Builder::kvCacheType);
    }

    /** Whether scores are combined with the norm of what an entry adds to the output; off by default. */
    public B valueNorm(Boolean valueNorm) {
        return loading("valueNorm", valueNorm, EngineOptions.Builder::valueNorm);
    }

    /**
     * Which entries are kept: {@code auto} (default), {@code locret}, {@code keydiff}, {@code streaming-llm}, {@code h2o},
     * {@code snapkv}, {@code tova}, {@code sirllm}, {@code random}, {@code none}.
     */
    public B evictionPolicy(String evictionPolicy) {
        return loading("evictionPolicy", evictionPolicy, EngineOptions.Builder::policy);
    }

    /**
     * Longrope's factors (Phi-3): {@code long} always, the default wherever entries may be evicted; or {@code auto} as
     * Hugging Face, the short ones for texts inside the original window, the default without eviction.
     */
    public B ropeFactors(String ropeFactors) {
        return loading("ropeFactors", ropeFactors, EngineOptions.Builder::ropeFactors);
    }

    /** Threads that compute; default all processors. */
    public B threads(Integer threads) {
        return loading("threads", threads, EngineOptions.Builder::threads);
    }

    /** Caches held at once. */
    public B maxSessions(Integer maxSessions) {
        return loading("maxSessions", maxSessions, EngineOptions.Builder::maxSessions);
    }

    /** Requests that may wait; one more fails with {@link dev.langchain4j.exception.RateLimitException}. */
    public B queueCapacity(Integer queueCapacity) {
        return loading("queueCapacity", queueCapacity, EngineOptions.Builder::queueCapacity);
    }

    /**
     * Memory for what was read of earlier prompts, so that a prompt that begins like one of them goes on from there; 0 for
     * none. By default room for six caches, at most a quarter of the memory left.
     */
    public B prefixCacheBytes(Long prefixCacheBytes) {
        return loading("prefixCacheBytes", prefixCacheBytes, EngineOptions.Builder::prefixCacheBytes);
    }

    /** Directory in which texts read by {@link LocretModel#readContext} outlive the process; none by default. */
    public B contextsDirectory(Path contextsDirectory) {
        return loading("contextsDirectory", contextsDirectory, EngineOptions.Builder::contextsDirectory);
    }

    /** Most bytes in that directory, beyond which the oldest go, 0 for no limit; default 10 GiB. */
    public B contextsDirectoryBytes(Long contextsDirectoryBytes) {
        return loading("contextsDirectoryBytes", contextsDirectoryBytes, EngineOptions.Builder::contextsDirectoryBytes);
    }

    /**
     * Longest time between two tokens of an answer that the reading of another prompt may cause, 0 for that of a whole
     * chunk; default 200 ms.
     */
    public B tokenGap(Duration tokenGap) {
        return loading(
                "tokenGap",
                tokenGap,
                (options, gap) -> options.tokenGapMillis((int) Math.min(Integer.MAX_VALUE, gap.toMillis())));
    }

    /** A model that is loaded already and stays open when this one is closed; excludes all settings of loading. */
    public B engine(LocretEngine engine) {
        this.engine = engine;
        return self();
    }

    /**
     * As {@link #engine(LocretEngine)} for a model that need not be loaded yet: the first call of the chat model asks for
     * it and waits for it, a streaming one on a thread of its own. Until then {@code defaultRequestParameters()} has no
     * model's name but that of {@link #modelName}.
     *
     * @param engineSupplier gives the same engine each time, and blocks until it is loaded; what it throws the call fails
     *     with, and the next one asks again
     */
    public B engineSupplier(Supplier<LocretEngine> engineSupplier) {
        this.engineSupplier = engineSupplier;
        return self();
    }

    /**
     * Further models by the names under which requests select them; they stay open when this one is closed.
     *
     * @param engines loaded models by name
     */
    public B otherEngines(Map<String, LocretEngine> engines) {
        otherEngines.clear();
        if (engines != null) {
            otherEngines.putAll(engines);
        }
        return self();
    }

    /** Time for a request, waiting included; none by default, since long prompts take long. */
    public B timeout(Duration timeout) {
        parameters.timeout(timeout);
        return self();
    }

    /**
     * Whether prompts longer than the cache budget are read with their question in front of the document, so that it
     * decides what is kept; off by default. The question is the last text of the last user message.
     */
    public B questionAware(Boolean questionAware) {
        parameters.questionAware(questionAware);
        return self();
    }

    /** How the model is told of tools and writes its calls; by default what its chat template was written for. */
    public B toolFormat(ToolFormat toolFormat) {
        this.toolFormat = toolFormat;
        return self();
    }

    /** Whether the model thinks before it answers; by default what its chat template says. */
    public B think(Boolean think) {
        parameters.think(think);
        return self();
    }

    /** Whether answers carry what the model thought; off by default. It is never part of the text. */
    public B returnThinking(Boolean returnThinking) {
        this.returnThinking = Boolean.TRUE.equals(returnThinking);
        return self();
    }

    /** Whether thoughts in earlier answers are given to the chat template, which decides about them; on by default. */
    public B sendThinking(Boolean sendThinking) {
        this.sendThinking = !Boolean.FALSE.equals(sendThinking);
        return self();
    }

    public B listeners(List<ChatModelListener> listeners) {
        this.listeners = listeners == null ? List.of() : List.copyOf(listeners);
        return self();
    }

    /** Defaults of requests; the setters for single parameters win over them. */
    public B defaultRequestParameters(ChatRequestParameters defaultRequestParameters) {
        this.defaultRequestParameters =
                defaultRequestParameters == null ? LocretChatRequestParameters.EMPTY : defaultRequestParameters;
        return self();
    }

    /** Name under which this model answers; default the name in its file. */
    public B modelName(String modelName) {
        parameters.modelName(modelName);
        return self();
    }

    /** 0 takes the most likely token, which is the default unless top-k, top-p, min-p or a seed is set: then it is 1. */
    public B temperature(Double temperature) {
        parameters.temperature(temperature);
        return self();
    }

    public B topP(Double topP) {
        parameters.topP(topP);
        return self();
    }

    public B topK(Integer topK) {
        parameters.topK(topK);
        return self();
    }

    public B minP(Double minP) {
        parameters.minP(minP);
        return self();
    }

    /** Same seed, same text. */
    public B seed(Long seed) {
        parameters.seed(seed);
        return self();
    }

    public B frequencyPenalty(Double frequencyPenalty) {
        parameters.frequencyPenalty(frequencyPenalty);
        return self();
    }

    public B presencePenalty(Double presencePenalty) {
        parameters.presencePenalty(presencePenalty);
        return self();
    }

    public B repetitionPenalty(Double repetitionPenalty) {
        parameters.repetitionPenalty(repetitionPenalty);
        return self();
    }

    /** Most tokens of an answer, the prompt not counted; no limit by default. */
    public B maxOutputTokens(Integer maxOutputTokens) {
        parameters.maxOutputTokens(maxOutputTokens);
        return self();
    }

    /** Texts that end an answer and are not part of it. */
    public B stopSequences(List<String> stopSequences) {
        parameters.stopSequences(stopSequences);
        return self();
    }

    /**
     * What the model says that it can do, by default all that it can. Without {@code RESPONSE_FORMAT_JSON_SCHEMA} AI
     * services describe the format in words instead.
     */
    public B supportedCapabilities(Set<Capability> supportedCapabilities) {
        this.supportedCapabilities =
                supportedCapabilities == null ? ChatRuntime.CAPABILITIES : Set.copyOf(supportedCapabilities);
        return self();
    }

    /**
     * Whether messages that the model's template refuses are sent in another form: those of one role that follow one
     * another as one, and system messages as part of the user's. False by default: then the request fails with the
     * template's own words.
     */
    public B mergeMessages(Boolean mergeMessages) {
        this.mergeMessages = mergeMessages != null && mergeMessages;
        return self();
    }

    private <T> B loading(String name, T value, BiConsumer<EngineOptions.Builder, T> setter) {
        if (value == null) {
            loading.remove(name);
        } else {
            loading.put(name, options -> setter.accept(options, value));
        }
        return self();
    }

    /** Checks all settings, then loads the model unless it is shared. */
    RuntimeSource runtime() {
        LocretChatRequestParameters defaults =
                LocretChatRequestParameters.of(defaultRequestParameters).overrideWith(parameters.build());
        Parameters.check(defaults);
        if (engine != null || engineSupplier != null) {
            Checks.argument(
                    modelSource == null && loading.isEmpty(),
                    () -> "a shared engine is loaded already, so these cannot be set with it: "
                            + (modelSource == null ? "" : "modelPath ") + String.join(" ", loading.keySet()));
            Checks.argument(
                    engine == null || engineSupplier == null, () -> "engine is given twice: engine, engine-supplier");
            return engine != null
                    ? RuntimeSource.of(runtime(engine, false, defaults))
                    : new RuntimeSource(
                            engineSupplier,
                            loaded -> runtime(loaded, false, defaults),
                            defaults,
                            listeners,
                            supportedCapabilities);
        }
        Checks.argument(modelSource != null, () -> "model-path is missing: model-path=null, engine=null");
        LocretEngine loaded = load();
        try {
            return RuntimeSource.of(runtime(loaded, true, defaults));
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    private LocretEngine load() {
        Path path = new ModelHub(HubConfig.fromEnvironment()).resolve(modelSource, DownloadProgress.NONE);
        EngineOptions.Builder options = EngineOptions.builder(path).pinnedTokens(EngineOptions.PINNED_BY_TEMPLATE);
        loading.values().forEach(setting -> setting.accept(options));
        return LocretEngine.load(options.build());
    }

    private ChatRuntime runtime(LocretEngine model, boolean owned, LocretChatRequestParameters defaults) {
        LocretChatRequestParameters named = defaults.modelName() != null
                ? defaults
                : LocretChatRequestParameters.builder()
                        .overrideWith(defaults)
                        .modelName(model.modelName())
                        .build();
        Map<String, LoadedModel> models = new LinkedHashMap<>();
        LoadedModel first = LoadedModel.of(model, toolFormat, mergeMessages);
        models.put(model.modelName(), first);
        otherEngines.forEach((name, other) -> Checks.argument(
                models.putIfAbsent(name, LoadedModel.of(other, null, mergeMessages)) == null,
                () -> "two models have one name: other-engines=" + name));
        models.putIfAbsent(named.modelName(), first);
        return new ChatRuntime(
                Collections.unmodifiableMap(models),
                owned,
                named,
                returnThinking,
                sendThinking,
                listeners,
                supportedCapabilities);
    }
}
