package dev.locret.eval;

import java.util.List;

/** How an answer is compared with what was expected. */
public enum Scorer {
    /** 1 if the answer is one of the expected, apart from case, punctuation and articles. */
    EXACT("exact") {
        @Override
        double score(String answer, List<String> expected) {
            String normalised = Answers.normalised(answer);
            return expected.stream().anyMatch(e -> Answers.normalised(e).equals(normalised)) ? 1 : 0;
        }
    },
    /** 1 if the answer contains one of the expected, whatever the case. */
    CONTAINS("contains") {
        @Override
        double score(String answer, List<String> expected) {
            return expected.stream().anyMatch(e -> Answers.contains(answer, e)) ? 1 : 0;
        }
    },
    /** The share of the expected that the answer contains: RULER's measure for several values. */
    CONTAINS_ALL("contains-all") {
        @Override
        double score(String answer, List<String> expected) {
            return expected.stream().filter(e -> Answers.contains(answer, e)).count() / (double) expected.size();
        }
    },
    /** F1 over words, the best of the expected: the measure of SQuAD and LongBench's question answering. */
    F1("f1") {
        @Override
        double score(String answer, List<String> expected) {
            return expected.stream()
                    .mapToDouble(e -> Answers.f1(Answers.words(answer), Answers.words(e)))
                    .max()
                    .orElse(0);
        }
    },
    /** 1 if one of the expected, as regular expressions, is found in the answer. */
    REGEX("regex") {
        @Override
        double score(String answer, List<String> expected) {
            return expected.stream()
                            .anyMatch(e -> Answers.pattern(e).matcher(answer).find())
                    ? 1
                    : 0;
        }
    },
    /** ROUGE-L, F over the longest common subsequence of words, the best of the expected: for summaries. */
    ROUGE_L("rouge-l") {
        @Override
        double score(String answer, List<String> expected) {
            return expected.stream()
                    .mapToDouble(e -> Answers.rougeL(Answers.words(answer), Answers.words(e)))
                    .max()
                    .orElse(0);
        }
    };

    private final String label;

    Scorer(String label) {
        this.label = label;
    }

    /** The name as it stands in task files. */
    public String label() {
        return label;
    }

    /**
     * @param expected at least one
     * @return from 0 to 1
     */
    abstract double score(String answer, List<String> expected);
}
