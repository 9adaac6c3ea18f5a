package dev.locret.train;

import dev.locret.backend.AttentionSpec.PositionMode;
import dev.locret.backend.Backend;
import dev.locret.backend.Backends;
import dev.locret.backend.TrainingOperations;
import dev.locret.common.Checks;
import dev.locret.common.LocretException;
import dev.locret.engine.ModelHash;
import dev.locret.engine.ModelText;
import dev.locret.eviction.RetainingHeads;
import dev.locret.format.HeadsFile;
import dev.locret.format.HeadsMetadata;
import dev.locret.format.ModelConfig;
import dev.locret.format.ModelFiles;
import dev.locret.model.Decoder;
import dev.locret.model.RotaryEmbedding.Factors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run of training from files to a file. */
public final class TrainingRun {
    /** Tokens of a forward. */
    private static final int CHUNK = 512;

    /** Told of what happens. */
    public interface Listener {
        /** The data was read: samples to train on, tokens of the longest, and in words what was left out. */
        void onData(int samples, int longest, String leftOut);

        /** The run goes on after the steps of a checkpoint. */
        void onResume(List<StepResult> done);

        /** A checkpoint could not be written; the last one is still there. */
        void onCheckpointFailed(int step, LocretException reason);

        /** A step is done. */
        void onStep(StepResult result);
    }

    private final TrainingOptions options;
    private final Listener listener;

    public TrainingRun(TrainingOptions options, Listener listener) {
        this.options = options;
        this.listener = listener;
    }

    /**
     * Trains and writes the heads.
     *
     * @throws dev.locret.common.LocretException with what is wrong with the files, before the first step; {@code numerics}
     *     with step and sample if the loss is not a number; {@code file-not-writable}
     */
    public void run() {
        try (Backend backend = Backends.open(options.device(), options.threads());
                ModelFiles files = ModelFiles.open(options.model())) {
            ModelConfig config = files.weights().config();
            Checks.argument(
                    options.maxTokens() <= config.contextLength(),
                    () -> "samples are longer than the model's window: max-tokens=" + options.maxTokens() + ", window="
                            + config.contextLength());
            RetainingHeads initial = initialHeads(config);
            TrainingData data = data(files);
            listener.onData(data.size(), data.longest(), data.left());
            int tokens = data.longest();
            int chunk = Math.min(CHUNK, tokens);
            new TrainingMemory(backend, files.weights(), options.recipe(), initial.hidden(), chunk).require(tokens);
            Decoder decoder = new Decoder(files.weights(), backend, chunk, 1, tokens, PositionMode.CACHE, Factors.LONG);
            TrainingOperations operations =
                    backend.training(TrainingMemory.spec(decoder.attention(), config, initial.hidden(), tokens));
            Map<String, String> identity = identity(files, data, initial);
            TrainedHeads heads = TrainedHeads.from(initial, backend, operations);
            CheckpointFile file = new CheckpointFile(options.checkpoint());
            List<StepResult> history = new ArrayList<>();
            if (options.resume() && file.exists()) {
                CheckpointFile.Loaded loaded = file.read(identity, heads, backend);
                heads = loaded.heads();
                history.addAll(loaded.checkpoint().history());
                listener.onResume(history);
            }
            RetainingHeadTrainer trainer = new RetainingHeadTrainer(
                    files.weights(), decoder, operations, heads, options.recipe(), chunk, tokens, history.size());
            while (trainer.nextStep() < options.recipe().steps()) {
                StepResult result = trainer.step(data.at(trainer.nextStep(), options.seed()));
                history.add(result);
                listener.onStep(result);
                // After the last step too: what is left to do, writing the heads, may fail.
                boolean last = history.size() == options.recipe().steps();
                int every = options.checkpointEvery();
                if (every > 0 && (last || history.size() % every == 0)) {
                    save(file, new Checkpoint(identity, history), heads, operations);
                }
            }
            HeadsWriter.write(options.output(), heads, operations, metadata(identity, data));
            LossCurve.writeCsv(options.beside(".csv"), history);
            LossCurve.writePng(options.beside(".png"), history);
            file.delete();
        }
    }

    /** A run does not end because a checkpoint could not be written: there may be room for the next. */
    private void save(CheckpointFile file, Checkpoint checkpoint, TrainedHeads heads, TrainingOperations operations) {
        try {
            file.write(checkpoint, heads, operations);
        } catch (LocretException e) {
            listener.onCheckpointFailed(checkpoint.step(), e);
        }
    }

    private RetainingHeads initialHeads(ModelConfig config) {
        return options.initialHeads() == null
                ? TrainedHeads.initial(config, options.hidden(), options.seed())
                : RetainingHeads.of(
                        HeadsFile.open(options.initialHeads()),
                        config,
                        options.initialHeads().toString());
    }

    private TrainingData data(ModelFiles files) {
        ModelText text = ModelText.load(files);
        SampleEncoder encoder = new SampleEncoder(
                text.tokenizer(), text.template(), options.recipe().labelTokens());
        return TrainingData.read(
                options.data(),
                encoder,
                new TrainingData.Limits(options.maxTokens(), options.maxAnswerTokens(), options.minContextTokens()),
                options.questionFirst());
    }

    /** What a checkpoint must be of. */
    private Map<String, String> identity(ModelFiles files, TrainingData data, RetainingHeads initial) {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put("base_model_hash", ModelHash.of(files.weights()));
        identity.put("recipe", options.recipe().toString());
        identity.put("data_sha256", data.hash());
        identity.put("initial_heads_hash", ModelHash.of(initial));
        identity.put("d_r", "" + initial.hidden());
        identity.put(HeadsMetadata.QUESTION_FIRST, "" + options.questionFirst());
        identity.put("seed", "" + options.seed());
        return identity;
    }

    private Map<String, String> metadata(Map<String, String> identity, TrainingData data) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "locret-retaining-heads");
        metadata.put("base_model", options.model().getFileName().toString());
        metadata.putAll(identity);
        metadata.put("steps", "" + options.recipe().steps());
        metadata.put("samples", "" + data.size());
        return metadata;
    }
}
