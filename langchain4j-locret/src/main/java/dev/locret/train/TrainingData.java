package dev.locret.train;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** The samples that can be trained on, and what became of the others. */
final class TrainingData {
    /** Why a sample is left out. */
    enum Reason {
        EMPTY_ANSWER,
        ANSWER_TOO_LONG,
        CONTEXT_TOO_SHORT,
        SAMPLE_TOO_LONG,
        DUPLICATE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * @param maxTokens tokens of the longest sample
     * @param maxAnswerTokens tokens of the longest answer
     * @param minContextTokens fewest tokens that are scored: fewer than the local tokens are never evicted
     */
    record Limits(int maxTokens, int maxAnswerTokens, int minContextTokens) {}

    /** How many samples were left out for a reason, and the first of them. */
    record Skipped(int count, String first) {}

    private final SampleEncoder encoder;
    private final Limits limits;
    private final boolean questionFirst;
    private final List<TrainingSample> samples = new ArrayList<>();
    private final Map<Reason, Skipped> skipped = new EnumMap<>(Reason.class);
    private final Set<String> seen = new HashSet<>();
    private final MessageDigest digest = sha256();
    private String hash;

    private TrainingData(SampleEncoder encoder, Limits limits, boolean questionFirst) {
        this.questionFirst = questionFirst;
        this.encoder = encoder;
        this.limits = limits;
    }

    /**
     * Reads files.
     *
     * @param questionFirst whether questions stand in front of their contexts too, each in a sample of its own
     * @throws dev.locret.common.LocretException ({@code training-data}) with the line that cannot be read, or if no
     *     sample is left
     */
    static TrainingData read(List<Path> files, SampleEncoder encoder, Limits limits, boolean questionFirst) {
        TrainingData data = new TrainingData(encoder, limits, questionFirst);
        for (Path file : files) {
            SampleReader.read(file, data::addAll);
        }
        Checks.check(
                !data.samples.isEmpty(),
                ErrorId.TRAINING_DATA,
                () -> "train: no sample to train on" + (data.skipped.isEmpty() ? "" : ", left out: " + data.left())
                        + ": " + files.stream().map(Path::toString).collect(Collectors.joining(", ")));
        data.hash = HexFormat.of().formatHex(data.digest.digest());
        return data;
    }

    private void addAll(SampleText text) {
        (questionFirst ? text.questionsInFront() : List.of(text)).forEach(this::add);
    }

    private void add(SampleText text) {
        if (text.hasEmptyAnswer()) {
            skip(Reason.EMPTY_ANSWER, text);
        } else if (!seen.add(key(text))) {
            skip(Reason.DUPLICATE, text);
        } else if (encoder.longestAnswer(text) > limits.maxAnswerTokens()) {
            skip(Reason.ANSWER_TOO_LONG, text);
        } else {
            TrainingSample sample = encoder.encode(text);
            if (sample.tokens().length > limits.maxTokens()) {
                skip(Reason.SAMPLE_TOO_LONG, text);
            } else if (sample.rows() < limits.minContextTokens()) {
                skip(Reason.CONTEXT_TOO_SHORT, text);
            } else {
                samples.add(sample);
                update(sample.tokens());
                update(sample.labelTokens());
            }
        }
    }

    private void update(int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * (values.length + 1)).putInt(values.length);
        bytes.asIntBuffer().put(values);
        digest.update(bytes.array());
    }

    private void skip(Reason reason, SampleText text) {
        skipped.merge(reason, new Skipped(1, text.source()), (a, b) -> new Skipped(a.count() + 1, a.first()));
    }

    private static String key(SampleText text) {
        byte[] bytes = text.messages().toString().getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    int size() {
        return samples.size();
    }

    /** Tokens of the longest sample. */
    int longest() {
        return samples.stream().mapToInt(sample -> sample.tokens().length).max().orElseThrow();
    }

    /** SHA-256 over the tokens of all samples in order. */
    String hash() {
        return hash;
    }

    /** What was left out, in words: {@code 3 duplicate (first: train.jsonl line 17)}. Empty if nothing was. */
    String left() {
        return skipped.entrySet().stream()
                .map(e -> e.getValue().count() + " " + e.getKey() + " (first: "
                        + e.getValue().first() + ")")
                .collect(Collectors.joining(", "));
    }

    /** The sample of a step: all of them in an order of their own, then all again in another. */
    TrainingSample at(int step, long seed) {
        int epoch = step / samples.size();
        Random random = new Random(seed * 1_000_003 + epoch);
        int[] order = new int[samples.size()];
        for (int i = 0; i < order.length; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return samples.get(order[step % samples.size()]);
    }
}
