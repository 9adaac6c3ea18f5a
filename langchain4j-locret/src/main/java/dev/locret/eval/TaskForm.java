package dev.locret.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The forms in which task files are published, told apart by the fields of a line. */
enum TaskForm {
    /**
     * Ours: {@code context} and {@code questions}, each with question, answer, and optionally score and maxTokens; with
     * {@code turns} true they are turns of a conversation.
     */
    OWN(Set.of("context", "questions")) {
        @Override
        Item item(TaskLine line) {
            return new Item(line.text("context"), line.queries(), null, line.flag("turns"));
        }
    },
    /** Ours with the name of a file in place of the context: {@code document} and {@code questions}. */
    OF_DOCUMENT(Set.of("document", "questions")) {
        @Override
        Item item(TaskLine line) {
            return new Item(line.document(), line.queries(), null, line.flag("turns"));
        }
    },
    /** The same with one question: {@code document}, {@code question}, {@code answer}. */
    SINGLE_OF_DOCUMENT(Set.of("document", "question", "answer")) {
        @Override
        Item item(TaskLine line) {
            return new Item(line.document(), List.of(line.query("question", "answer", Scorer.CONTAINS)), null);
        }
    },
    /** Ours with one question: {@code context}, {@code question}, {@code answer}. */
    SINGLE(Set.of("context", "question", "answer")) {
        @Override
        Item item(TaskLine line) {
            return new Item(line.text("context"), List.of(line.query("question", "answer", Scorer.CONTAINS)), null);
        }
    },
    /** InfiniteBench: {@code context}, {@code input}, {@code answer} as a list. */
    INFINITE_BENCH(Set.of("context", "input", "answer")) {
        @Override
        Item item(TaskLine line) {
            return new Item(line.text("context"), List.of(line.query("input", "answer", Scorer.CONTAINS)), null);
        }
    },
    /** LongBench: {@code context}, {@code input}, {@code answers}, {@code dataset}; summaries by ROUGE-L, else F1. */
    LONG_BENCH(Set.of("context", "input", "answers")) {
        @Override
        Item item(TaskLine line) {
            String dataset = line.optional("dataset");
            boolean summary = dataset.matches("gov_report|qmsum|multi_news|vcsum|samsum");
            // Summaries have no question of their own.
            String question = line.optional("input").isBlank() ? SUMMARISE : line.text("input");
            return new Item(
                    line.text("context"),
                    List.of(line.query(question, line.texts("answers"), summary ? Scorer.ROUGE_L : Scorer.F1)),
                    null);
        }
    },
    /** L-Eval: {@code input}, and as lists {@code instructions} and {@code outputs}. */
    L_EVAL(Set.of("input", "instructions", "outputs")) {
        @Override
        Item item(TaskLine line) {
            List<String> instructions = line.texts("instructions");
            List<String> outputs = line.texts("outputs");
            line.require(
                    "outputs",
                    outputs.size() == instructions.size(),
                    "has " + outputs.size() + " entries, instructions=" + instructions.size());
            String evaluation = line.optional("evaluation").toLowerCase(Locale.ROOT);
            Scorer scorer =
                    evaluation.equals("exam") ? Scorer.EXACT : evaluation.equals("rouge") ? Scorer.ROUGE_L : Scorer.F1;
            List<Query> queries = new ArrayList<>();
            for (int i = 0; i < instructions.size(); i++) {
                queries.add(line.query(instructions.get(i), List.of(outputs.get(i)), scorer));
            }
            return new Item(line.text("input"), queries, null);
        }
    },
    /** RULER: {@code input}, whose last line is the question, and {@code outputs}. */
    RULER(Set.of("input", "outputs")) {
        @Override
        Item item(TaskLine line) {
            String input = line.text("input").strip();
            int at = input.lastIndexOf('\n');
            line.require("input", at > 0, "has no line break before its question");
            return new Item(
                    input.substring(0, at),
                    List.of(line.query(input.substring(at + 1), line.texts("outputs"), Scorer.CONTAINS_ALL)),
                    null);
        }
    };

    private static final String SUMMARISE = "Write a summary of the text above.";

    private final Set<String> fields;

    TaskForm(Set<String> fields) {
        this.fields = fields;
    }

    /** The document and the questions of a line. */
    abstract Item item(TaskLine line);

    /** The form whose fields a line has; the first that fits, since later ones ask for less. */
    static TaskForm of(TaskLine line) {
        for (TaskForm form : values()) {
            if (form.fields.stream().allMatch(line::has)) {
                return form;
            }
        }
        List<String> known = new ArrayList<>();
        for (TaskForm form : values()) {
            known.add(form.fields.stream().sorted().toList().toString());
        }
        throw line.damaged(
                "has fields of no known form: fields=" + line.names() + ", known=" + String.join(" ", known));
    }
}
