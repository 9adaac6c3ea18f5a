package dev.locret.engine;

import dev.locret.backend.Backend;
import dev.locret.backend.SamplingSpec;
import dev.locret.backend.cpu.CpuBackend;
import dev.locret.testing.DemoModel;
import dev.locret.text.Tokenizer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The demo model with a script in place of its forward pass: prompts come in as tokens through the real template and
 * tokenizer, answers go out as tokens through the real constraints and decoder.
 */
public final class ScriptedEngine {
    /** What would compute. The cache keeps its lengths, so appending and evicting are done. */
    private static final Set<String> SKIPPED = Set.of(
            "rmsNorm",
            "linear",
            "gatedActivation",
            "silu",
            "attend",
            "storeScores",
            "scoreByKeyDifference",
            "scoreByRecency",
            "gatherRows");

    private final Backend inner = new CpuBackend(1);
    private final Function<String, List<String>> script;
    private final List<Integer> prompt = new ArrayList<>();
    private List<Deque<Integer>> answers;
    private LocretEngine engine;

    private ScriptedEngine(Function<String, List<String>> script) {
        this.script = script;
    }

    /**
     * Loads the engine.
     *
     * @param script answers to a prompt, of which the first is given that the request's grammar allows
     */
    public static LocretEngine load(Function<String, List<String>> script) {
        return new ScriptedEngine(script).load();
    }

    private LocretEngine load() {
        // The whole prompt but its last token in one chunk: a batch of several tokens is a new prompt.
        EngineOptions options = EngineOptions.builder(DemoModel.path())
                .policy("none")
                .cacheBudget(4096)
                .chunkSize(2048)
                .localTokens(1)
                .prefixCacheBytes(0)
                .build();
        Backend backend = (Backend) Proxy.newProxyInstance(
                ScriptedEngine.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (SKIPPED.contains(method.getName())) {
                        return null;
                    }
                    switch (method.getName()) {
                        case "embed" -> read((int[]) arguments[1]);
                        case "sample" -> {
                            return new int[] {next(((SamplingSpec[]) arguments[1])[0])};
                        }
                        case "takeFault" -> {
                            return -1;
                        }
                        default -> {
                            return call(() -> method.invoke(inner, arguments));
                        }
                    }
                    return null;
                });
        engine = new LocretEngine(options, EngineLoader.load(options, backend, System::nanoTime));
        return engine;
    }

    private interface Call {
        Object run() throws IllegalAccessException, InvocationTargetException;
    }

    private static Object call(Call call) throws Throwable {
        try {
            return call.run();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private void read(int[] tokens) {
        if (tokens.length > 1) {
            prompt.clear();
            answers = null;
        }
        if (answers == null) {
            Arrays.stream(tokens).forEach(prompt::add);
        }
    }

    /** The next token of the first answer that can go on, as far as the grammar tells by now. */
    private int next(SamplingSpec spec) {
        Tokenizer tokenizer = engine.tokenizer();
        String text =
                tokenizer.decode(prompt.stream().mapToInt(Integer::intValue).toArray(), false);
        if (answers == null) {
            answers = script.apply(text).stream()
                    .map(answer -> tokens(tokenizer, answer))
                    .toList();
        }
        int token = answers.stream()
                .filter(answer -> spec.allows(answer.peek()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "the grammar allows nothing that is in the script: " + script.apply(text) + " after " + text))
                .peek();
        answers = answers.stream()
                .filter(answer -> answer.peek() == token)
                .peek(Deque::pop)
                .toList();
        return token;
    }

    private static Deque<Integer> tokens(Tokenizer tokenizer, String text) {
        Deque<Integer> tokens = new ArrayDeque<>();
        Arrays.stream(tokenizer.encode(text, true)).forEach(tokens::add);
        tokens.add(tokenizer.eosIds().get(0));
        return tokens;
    }
}
