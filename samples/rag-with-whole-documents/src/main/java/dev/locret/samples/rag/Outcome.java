package dev.locret.samples.rag;

import dev.langchain4j.service.Result;
import java.util.List;

/**
 * How one question went.
 *
 * @param found whether what was retrieved holds an answer at all
 * @param right whether the model's answer has it
 * @param promptTokens tokens that the model read
 */
record Outcome(Question question, String answer, boolean found, boolean right, int promptTokens, double seconds) {
    static Outcome ask(Reader reader, Question question) {
        long begin = System.nanoTime();
        Result<String> result = reader.answer(question.question());
        double seconds = (System.nanoTime() - begin) / 1e9;
        boolean found = result.sources().stream()
                .anyMatch(content -> question.answeredBy(content.textSegment().text()));
        return new Outcome(
                question,
                result.content(),
                found,
                question.answeredBy(result.content()),
                result.tokenUsage().inputTokenCount(),
                seconds);
    }

    static long right(List<Outcome> outcomes) {
        return outcomes.stream().filter(Outcome::right).count();
    }

    static long found(List<Outcome> outcomes) {
        return outcomes.stream().filter(Outcome::found).count();
    }

    static double meanTokens(List<Outcome> outcomes) {
        return outcomes.stream().mapToInt(Outcome::promptTokens).average().orElse(0);
    }

    static double meanSeconds(List<Outcome> outcomes) {
        return outcomes.stream().mapToDouble(Outcome::seconds).average().orElse(0);
    }
}
