package dev.locret.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.corpus.Corpus;
import dev.locret.corpus.TokenCount;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TasksTest {
    private static final TokenCount COUNT = TokenCount.estimate();
    static final Corpus CORPUS = Corpus.of(List.of(IntStream.range(0, 300)
            .mapToObj(i -> "They went down to the sea for the " + i + "th time on that day in the year of the storm. "
                    + "Nobody knew why they did so, and nobody ever asked them about it.")
            .collect(Collectors.joining("\n\n"))));

    static List<String> asking() {
        return Tasks.names().stream().filter(n -> !n.equals("perplexity")).toList();
    }

    @ParameterizedTest
    @MethodSource("asking")
    void documentsHoldTheAnswersAndHaveTheWantedLength(String name) {
        Task task = Tasks.create(name, CORPUS, COUNT, 6);
        for (int tokens : new int[] {1000, 3000}) {
            for (int i = 0; i < 5; i++) {
                Item item = task.item(i, tokens, new Random(i));
                assertThat(COUNT.of(item.document())).as(name).isBetween(tokens * 3 / 4, tokens * 21 / 20);
                assertThat(item.queries()).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("asking")
    void theSameSeedMakesTheSameDocument(String name) {
        Task task = Tasks.create(name, CORPUS, COUNT, 6);
        assertThat(task.item(1, 1000, new Random(1))).isEqualTo(task.item(1, 1000, new Random(1)));
        assertThat(task.item(1, 1000, new Random(1))).isNotEqualTo(task.item(1, 1000, new Random(2)));
    }

    @ParameterizedTest
    @MethodSource("asking")
    void theFirstWordsOfAnAnswerDoNotGiveItAway(String name) {
        for (Query query : Tasks.create(name, CORPUS, COUNT, 6)
                .item(0, 1000, new Random(3))
                .queries()) {
            assertThat(query.opening()).isEqualTo(query.opening().strip()).doesNotEndWith("?");
            assertThat(query.expected()).noneMatch(query.opening()::contains);
        }
    }

    @Test
    void answersOpenAsRulerOpensThem() {
        assertThat(opening("niah-single-2"))
                .matches("The special magic number for \\w+ mentioned in the provided text is");
        assertThat(opening("niah-multiquery"))
                .matches("The special magic numbers for \\w+, \\w+, \\w+, and \\w+ mentioned in the provided text are");
        assertThat(opening("noise-passkey")).isEqualTo("The pass key is");
        assertThat(opening("needles")).matches("The special magic number for \\w+ is");
        assertThat(opening("shared-kv")).isEmpty();
    }

    private static String opening(String task) {
        Item item = Tasks.create(task, CORPUS, COUNT, 6).item(0, 1000, new Random(3));
        return item.queries().get(0).opening();
    }

    @Test
    void needlesAreSpreadOverTheDocumentWhereTheyAreSaidToBe() {
        Item item = Tasks.create("needles", CORPUS, COUNT, 6).item(0, 3000, new Random(5));
        assertThat(item.queries()).hasSize(6).extracting(Query::kind).contains("number", "code");
        for (Query query : item.queries()) {
            double at = item.document().indexOf(query.expected().get(0))
                    / (double) item.document().length();
            assertThat(at).isBetween(query.depth() - 0.06, query.depth() + 0.06);
        }
        assertThat(item.queries().stream().mapToInt(q -> (int) (q.depth() * 6)))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    }

    @Test
    void theContinuationIsWhatFollows() {
        Item item = Tasks.create("perplexity", CORPUS, COUNT, 6).item(0, 1000, new Random(5));
        List<String> document = List.of(item.document().split("\n\n"));
        String last = document.get(document.size() - 1);
        int at = CORPUS.paragraphs().indexOf(last);
        assertThat(item.continuation()).startsWith(CORPUS.paragraphs().get((at + 1) % 300));
        assertThat(COUNT.of(item.continuation())).isGreaterThanOrEqualTo(ContinuationTask.TOKENS);
    }

    @Test
    void refusesABudgetThatEvictsNothing() {
        List<Task> tasks = List.of(Tasks.create("needles", CORPUS, COUNT, 6));
        assertThatThrownBy(() -> new Plan(
                        tasks, List.of(4096, 512), true, List.of("keydiff"), List.of(128, 512), 1, 1, false, false))
                .hasMessage("eval: budget is not below the length, nothing would be evicted: budget=512, length=512");
    }

    @Test
    void namesTheTasksThereAre() {
        assertThatThrownBy(() -> Tasks.create("haystack", CORPUS, COUNT, 6))
                .hasMessageStartingWith("unknown task: task=haystack, allowed=needles, facts, number, ");
    }

    @Test
    void needlesAmongNeedlesHaveKeysOfTheirOwn() {
        Item item = Tasks.create("niah-multikey-2", CORPUS, COUNT, 6).item(0, 8000, new Random(5));
        List<String> keys = java.util.regex.Pattern.compile("numbers for (.+?) is:")
                .matcher(item.document())
                .results()
                .map(m -> m.group(1))
                .toList();
        assertThat(keys).hasSizeGreaterThan(200).doesNotHaveDuplicates();
    }

    @Test
    void aSharedContextIsAskedSeveralDifferentQuestions() {
        for (String name : List.of("shared-kv", "shared-prefix-suffix", "shared-variables")) {
            Item item = Tasks.create(name, CORPUS, COUNT, 6).item(0, 3000, new Random(5));
            assertThat(item.turns()).isFalse();
            assertThat(item.queries()).hasSize(5).extracting(Query::question).doesNotHaveDuplicates();
            assertThat(item.queries())
                    .allSatisfy(q -> assertThat(item.document()).contains(q.expected()));

            Item turns = Tasks.create(name.replace("shared", "turns"), CORPUS, COUNT, 6)
                    .item(0, 3000, new Random(5));
            assertThat(turns).isEqualTo(item.asTurns()).extracting(Item::turns).isEqualTo(true);
        }
    }

    @Test
    void variablesAreAssignedInTheOrderOfTheChain() {
        Item item = Tasks.create("variable-tracking", CORPUS, COUNT, 6).item(0, 1000, new Random(5));
        int before = -1;
        for (String variable : item.queries().get(0).expected()) {
            int at = item.document().indexOf("VAR " + variable + " = ");
            assertThat(at).isGreaterThan(before);
            before = at;
        }
    }

    @Test
    void theMostFrequentWordsAreThoseAskedFor() {
        Item item = Tasks.create("frequent-words", CORPUS, COUNT, 6).item(0, 3000, new Random(5));
        java.util.Map<String, Long> counts = java.util.Arrays.stream(
                        item.document().split("\n\n")[1].split(" "))
                .collect(Collectors.groupingBy(w -> w, Collectors.counting()));
        assertThat(counts.entrySet().stream()
                        .filter(e -> !e.getKey().equals("...."))
                        .sorted(java.util.Map.Entry.<String, Long>comparingByValue()
                                .reversed())
                        .limit(3)
                        .map(java.util.Map.Entry::getKey))
                .containsExactlyElementsOf(item.queries().get(0).expected());
    }
}
