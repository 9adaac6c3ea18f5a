package dev.locret.samples.agent;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.locret.LocretChatModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives an agent a task about a directory, and shows what each of its requests cost. */
@Command(
        name = "repo-agent",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Lets a model list, read and search the files of a directory until it can answer.")
final class AgentApplication implements Callable<Integer> {
    @Option(names = "--directory", required = true, paramLabel = "DIR", description = "What the agent may look at.")
    private Path directory;

    @Option(names = "--model", required = true, paramLabel = "MODEL", description = "GGUF or safetensors model.")
    private String model;

    @Option(names = "--heads", paramLabel = "HEADS", description = "Retaining heads that were trained for the model.")
    private String heads;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(
            names = "--budget",
            defaultValue = "2048",
            paramLabel = "N",
            description = "Cache entries kept per KV head (default: ${DEFAULT-VALUE}).")
    private int budget;

    @Option(
            names = "--chunk-size",
            defaultValue = "128",
            paramLabel = "N",
            description = "Tokens read at a time; a request reads fewer than that twice (default: ${DEFAULT-VALUE}).")
    private int chunkSize;

    @Option(
            names = "--calls",
            defaultValue = "0",
            paramLabel = "N",
            description = "Calls that the model has to make before it may answer (default: ${DEFAULT-VALUE}).")
    private int minCalls;

    @Option(
            names = "--max-calls",
            defaultValue = "250",
            paramLabel = "N",
            description = "Calls after which the agent gives up (default: ${DEFAULT-VALUE}).")
    private int maxCalls;

    @Option(
            names = "--tools",
            defaultValue = "list,read,search",
            split = ",",
            paramLabel = "NAME",
            description = "Tools that the model is given (default: ${DEFAULT-VALUE}).")
    private Set<String> toolNames;

    @Option(
            names = "--max-result",
            defaultValue = "4000",
            paramLabel = "N",
            description = "Characters of a call's result (default: ${DEFAULT-VALUE}).")
    private int maxResult;

    @Option(
            names = "--temperature",
            defaultValue = "0",
            paramLabel = "T",
            description = "Small models call the same tool again and again at 0 (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--output", paramLabel = "DIR", description = "Where the table of requests and the picture go.")
    private Path output;

    @Option(names = "--verbose", description = "Show the calls and their results.")
    private boolean verbose;

    @Parameters(paramLabel = "TASK", description = "What to find out.")
    private String task;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new AgentApplication()).execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        Map<ToolSpecification, ToolExecutor> tools = new RepositoryTools(new Repository(directory), maxResult).all();
        tools.keySet().removeIf(tool -> !toolNames.contains(tool.name()));
        TurnLog log = new TurnLog(AgentApplication::show);
        try (LocretChatModel chat = LocretChatModel.builder()
                .modelPath(model)
                .retainingHeadsPath(heads)
                .device(device)
                .cacheBudget(budget)
                .chunkSize(chunkSize)
                .temperature(temperature)
                .seed(1L)
                .maxOutputTokens(256)
                // One call at a time, so that the next one knows its result; small models go on calling otherwise.
                .stopSequences(List.of("\n<tool_call>"))
                .listeners(List.of(log))
                .build()) {
            int code = 0;
            try {
                System.out.println(new RepoAgent(chat, tools, minCalls, maxCalls, this::trace).ask(task));
            } catch (GaveUpException e) {
                System.err.println(e.getMessage());
                code = 1;
            }
            if (output != null) {
                Files.createDirectories(output);
                log.write(output.resolve("requests.csv"));
                MemoryChart.write(log.turns(), chat.engine().cachePlan().capacity(), output.resolve("memory.png"));
            }
            return code;
        }
    }

    private void trace(String call) {
        if (verbose) {
            System.out.println(call);
        }
    }

    private static void show(Turn turn) {
        System.err.printf(
                "%,9d tokens, read %,6d, %,6d entries, %,d MiB resident, %,d ms%n",
                turn.conversation(), turn.read(), turn.entries(), turn.residentBytes() >> 20, turn.millis());
    }
}
