package dev.locret.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.corpus.TokenCount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadingTaskTest {
    private static final TokenCount COUNT = TokenCount.estimate();

    @TempDir
    private Path directory;

    private ReadingTask read(String lines) throws IOException {
        return ReadingTask.read(Files.writeString(directory.resolve("squad.jsonl"), lines.replace('\'', '"')), COUNT);
    }

    private static String squad(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "{'question':'Who built house " + i + "?','context':'House " + i
                        + " stands by the sea. It was built by Anna " + i + ", as everybody knows.',"
                        + "'answers':{'text':['Anna " + i + "'],'answer_start':[9]}}\n")
                .collect(Collectors.joining());
    }

    @Test
    void hidesTheQuestionsOwnParagraphAmongOthers() throws IOException {
        ReadingTask task = read(squad(0, 200));
        assertThat(task.name()).isEqualTo("qa-squad");
        assertThat(task.size()).isEqualTo(200);
        Item item = task.item(7, 2000, new Random(3));
        assertThat(COUNT.of(item.document())).isBetween(1850, 2000);
        Query query = item.queries().get(0);
        assertThat(query.question()).endsWith("Question: Who built house 7? Answer:");
        assertThat(query.expected()).containsExactly("Anna 7");
        assertThat(item.document()).containsOnlyOnce("built by Anna 7,");
        double at =
                item.document().indexOf("Anna 7,") / (double) item.document().length();
        assertThat(at).isBetween(query.depth() - 0.08, query.depth() + 0.08);
        assertThat(task.item(7, 2000, new Random(3))).isEqualTo(item);
        assertThat(task.item(7, 2000, new Random(4))).isNotEqualTo(item);
    }

    @Test
    void aSmallFilesOtherParagraphsComeAgainButNotTheQuestionsOwn() throws IOException {
        Item item = read(squad(0, 3)).item(1, 1000, new Random(3));
        assertThat(COUNT.of(item.document())).isBetween(900, 1000);
        assertThat(item.document()).containsOnlyOnce("Anna 1").contains("Anna 0", "Anna 2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "'context':[['A town',['It lies north.',' It is old.']],['B',['South.']]]",
                "'context':{'title':['A town','B'],'sentences':[['It lies north.',' It is old.'],['South.']]}",
            })
    void readsHotpotsParagraphsInBothForms(String context) throws IOException {
        ReadingTask task =
                read("{'question':'Where?','answer':'north'," + context + ",'type':'bridge'}\n" + squad(0, 9));
        Item item = task.item(0, 10, new Random(3));
        assertThat(item.document()).contains(":\nA town\nIt lies north. It is old.", ":\nB\nSouth.");
        assertThat(item.queries().get(0).expected()).containsExactly("north");
        assertThat(item.queries().get(0).depth()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "{'question':'b','context':'a'} ! line 2: field answers must be a list that is not empty: absent",
                "{'question':'b','context':'a','answers':{'text':[]}} ! line 2: field answers.text must be a list that is not"
                        + " empty: []",
                "{'question':'b','answer':'c'} ! line 2: field context must be a list that is not empty: absent",
                "{'question':'b','answer':'c','context':[['a']]} ! line 2: field context must hold pairs of a title and"
                        + " sentences: size=1",
                "{'question':'b','answer':'c','context':{'title':['a'],'sentences':[]}} ! line 2: field context has 1 titles,"
                        + " sentences=0",
                "{oops ! line 2: is not JSON (",
            })
    void namesLineAndFieldOfWhatIsWrong(String line, String message) {
        assertThatThrownBy(() -> read(squad(0, 1) + line + "\n"))
                .hasFieldOrPropertyWithValue("id", ErrorId.FILE_DAMAGED)
                .hasMessageStartingWith("task file: " + message);
    }

    @Test
    void refusesAFileWithoutDistractors() {
        assertThatThrownBy(() -> read(squad(0, 1)))
                .hasMessage("task file: has no paragraph to hide others among: questions=1, paragraphs=1: "
                        + directory.resolve("squad.jsonl"));
    }
}
