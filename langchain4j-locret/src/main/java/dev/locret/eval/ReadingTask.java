package dev.locret.eval;

import dev.locret.common.Checks;
import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import dev.locret.corpus.TokenCount;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * RULER's question answering: the paragraphs of a question are hidden among those of other questions of a file, as many as
 * the wanted length takes.
 */
public final class ReadingTask implements Task {
    private static final String INSTRUCTION =
            "Answer the question based on the given documents. Only give me the answer"
                    + " and do not output any other words.";
    private static final int MAX_TOKENS = 32;
    /** More than any of the published sets needs, since it is read whole. */
    private static final int MAX_LINES = 100_000;

    private final String name;
    private final List<AnsweredQuestion> questions;
    private final List<String> pool;
    private final TokenCount count;

    private ReadingTask(String name, List<AnsweredQuestion> questions, List<String> pool, TokenCount count) {
        this.name = name;
        this.questions = questions;
        this.pool = pool;
        this.count = count;
    }

    /**
     * Reads JSON lines as SQuAD and HotpotQA have them: {@code question}, {@code answer} or {@code answers}, {@code
     * context}.
     *
     * @throws LocretException ({@code file-not-readable}; {@code file-damaged} with the line and the field)
     */
    public static ReadingTask read(Path file, TokenCount count) {
        List<AnsweredQuestion> questions = new ArrayList<>();
        Set<String> pool = new LinkedHashSet<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int number = 0;
            for (String text = lines.readLine(); text != null && number < MAX_LINES; text = lines.readLine()) {
                number++;
                if (!text.isBlank()) {
                    AnsweredQuestion question =
                            AnsweredQuestion.of(TaskLine.parse(text, file, number, UnaryOperator.identity()));
                    questions.add(question);
                    pool.addAll(question.paragraphs());
                }
            }
        } catch (IOException e) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "task file: cannot be read (" + e + "): " + file, e);
        }
        Checks.check(
                questions.stream().anyMatch(q -> pool.size() > q.paragraphs().size()),
                ErrorId.FILE_DAMAGED,
                () -> "task file: has no paragraph to hide others among: questions=" + questions.size()
                        + ", paragraphs=" + pool.size() + ": " + file);
        String name = "qa-" + file.getFileName().toString().replaceAll("\\.jsonl?$", "");
        return new ReadingTask(name, questions, List.copyOf(pool), count);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return questions.size();
    }

    /** A document is longer than asked for if the question's own paragraphs are; a small file's others come again. */
    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        AnsweredQuestion asked = questions.get(index);
        List<String> own = asked.paragraphs();
        List<String> others = new ArrayList<>();
        int total = count.of(INSTRUCTION) + own.stream().mapToInt(this::cost).sum();
        List<String> rest = pool.stream().filter(p -> !own.contains(p)).toList();
        int[] order = Draws.permutation(rest.size(), random);
        for (int i = 0; !rest.isEmpty(); i++) {
            String other = rest.get(order[i % order.length]);
            total += cost(other);
            if (total > tokens) {
                break;
            }
            others.add(other);
        }
        return item(asked, others, random);
    }

    private int cost(String paragraph) {
        return count.of("\n\nDocument 100:\n" + paragraph);
    }

    private static Item item(AnsweredQuestion asked, List<String> others, RandomGenerator random) {
        List<String> paragraphs = new ArrayList<>(asked.paragraphs());
        paragraphs.addAll(others);
        int[] order = Draws.permutation(paragraphs.size(), random);
        StringBuilder document = new StringBuilder(INSTRUCTION).append("\n\nThe following are given documents.");
        double depth = -1;
        for (int i = 0; i < order.length; i++) {
            document.append("\n\nDocument ").append(i + 1).append(":\n").append(paragraphs.get(order[i]));
            if (asked.paragraphs().size() == 1 && order[i] == 0) {
                depth = (i + 0.5) / order.length;
            }
        }
        Query query = new Query(
                "qa",
                INSTRUCTION + "\n\nQuestion: " + asked.question() + " Answer:",
                asked.answers(),
                Scorer.CONTAINS,
                depth,
                MAX_TOKENS,
                Query.PARAGRAPH);
        return new Item(document.toString(), List.of(query), null);
    }
}
