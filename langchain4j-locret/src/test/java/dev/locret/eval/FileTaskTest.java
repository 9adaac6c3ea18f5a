package dev.locret.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileTaskTest {
    @TempDir
    private Path directory;

    private FileTask read(String... lines) throws IOException {
        Path file = Files.writeString(directory.resolve("mine.jsonl"), String.join("\n", lines) + "\n");
        return FileTask.read(file, 10, FileTaskTest::document);
    }

    private static String document(String name) {
        if (name.equals("absent.txt")) {
            throw new LocretException(ErrorId.FILE_NOT_READABLE, "document: no such file: absent.txt");
        }
        return name.equals("empty.txt") ? " " : "Text of " + name;
    }

    /** A line of each published form, cut short, and what it must become. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "{'context':'Some text','questions':[{'question':'Who?','answer':'Anna','score':'exact'}]} ! Some text ! Who?"
                        + " ! Anna ! EXACT ! 64",
                "{'context':'Some text','question':'When?','answer':['1912','in 1912'],'maxTokens':9} ! Some text ! When? ! 1912"
                        + " ! CONTAINS ! 9",
                "{'id':0,'context':'Some text','input':'Key?','answer':['77'],'options':[]} ! Some text ! Key? ! 77 ! CONTAINS ! 64",
                "{'input':'Who?','context':'Some text','answers':['Anna'],'length':9,'dataset':'hotpotqa'} ! Some text ! Who? ! Anna"
                        + " ! F1 ! 64",
                "{'input':'','context':'Some text','answers':['Long.'],'dataset':'gov_report'} ! Some text"
                        + " ! Write a summary of the text above. ! Long. ! ROUGE_L ! 256",
                "{'instructions':['Which one?'],'input':'Some text','outputs':['B'],'evaluation':'exam'} ! Some text ! Which one?"
                        + " ! B ! EXACT ! 64",
                "{'index':0,'input':'Some text\\nWhat is it?','outputs':['7','8'],'length':12} ! Some text ! What is it? ! 7"
                        + " ! CONTAINS_ALL ! 64",
            })
    void readsTheFormsThatArePublished(
            String line, String document, String question, String expected, Scorer scorer, int tokens)
            throws IOException {
        Item item = read(line.replace('\'', '"')).item(0, 0, new Random());
        assertThat(item.document()).isEqualTo(document);
        Query query = item.queries().get(0);
        assertThat(query.question()).isEqualTo(question);
        assertThat(query.expected()).startsWith(expected);
        assertThat(query.scorer()).isEqualTo(scorer);
        assertThat(query.maxTokens()).isEqualTo(tokens);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "{'context':'a','text':'b'} ! has fields of no known form: fields=[context, text], known=[context, questions]",
                "{'document':'absent.txt','question':'b','answer':'c'} ! field document: document: no such file: absent.txt",
                "{'document':'empty.txt','question':'b','answer':'c'} ! field document names a file without text: empty.txt",
                "{'context':'a','questions':[{'question':'b','answer':'c'}],'turns':1} ! field turns must be true or false: 1",
                "{'context':'','question':'b','answer':'c'} ! field context must be a text that is not empty: \"\"",
                "{'context':'a','question':'b','answer':''} ! field answer has an empty answer: \"\"",
                "{'context':'a','question':'b','answer':[]} ! field answer must be a list that is not empty: []",
                "{'context':'a','questions':[{'question':'b'}]} ! field questions.answer must be a list that is not empty: absent",
                "{'context':'a','question':'b','answer':'c','score':'bleu'} ! field score is unknown: score=bleu, allowed=exact,",
                "{'context':'a','question':'b','answer':'(','score':'regex'} ! field answer is no regular expression: (",
                "{'instructions':['a','b'],'input':'c','outputs':['d']} ! field outputs has 1 entries, instructions=2",
                "{'input':'one line','outputs':['d']} ! field input has no line break before its question",
                "{oops} ! is not JSON (",
            })
    void namesLineAndFieldOfWhatIsWrong(String line, String message) {
        assertThatThrownBy(() ->
                        read("{\"context\":\"a\",\"question\":\"b\",\"answer\":\"c\"}", "", line.replace('\'', '"')))
                .hasFieldOrPropertyWithValue("id", ErrorId.FILE_DAMAGED)
                .hasMessageStartingWith("task file: line 3: " + message)
                .hasMessageEndingWith(": " + directory.resolve("mine.jsonl"));
    }

    @Test
    void asksADocumentThatSeveralLinesNameAllQuestionsTogether() throws IOException {
        FileTask task = read(
                "{\"document\":\"a.txt\",\"question\":\"one\",\"answer\":\"1\"}",
                "{\"document\":\"b.txt\",\"questions\":[{\"question\":\"two\",\"answer\":\"2\"}],\"turns\":true}",
                "{\"document\":\"a.txt\",\"question\":\"three\",\"answer\":\"3\"}");
        assertThat(task.size()).isEqualTo(2);
        Item first = task.item(0, 0, new Random());
        assertThat(first.document()).isEqualTo("Text of a.txt");
        assertThat(first.queries()).extracting(Query::question).containsExactly("one", "three");
        assertThat(first.turns()).isFalse();
        assertThat(task.item(1, 0, new Random()).turns()).isTrue();
    }

    @Test
    void refusesAFileWithoutQuestions() {
        assertThatThrownBy(() -> read("", " "))
                .hasFieldOrPropertyWithValue("id", ErrorId.FILE_DAMAGED)
                .hasMessage("task file: has no question: " + directory.resolve("mine.jsonl"));
    }

    @Test
    void readsNoMoreThanIsAskedFor() throws IOException {
        Path file = Files.writeString(
                directory.resolve("qa.jsonl"),
                String.join("\n", List.of("{\"context\":\"a\",\"question\":\"b\",\"answer\":\"c\"}", "{oops")));
        assertThat(FileTask.read(file, 1, FileTaskTest::document).size()).isEqualTo(1);
        assertThat(FileTask.read(file, 1, FileTaskTest::document).name()).isEqualTo("qa");
    }
}
