import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.UserMessage;
import dev.locret.LocretChatModel;

/** Reads a record out of a sentence: {@code run.sh Json MODEL}. */
class Json {
    record Person(String name, int born) {}

    interface Extractor {
        @UserMessage("Extract the person as JSON with name and year of birth: {{it}}")
        Person extract(String text);
    }

    public static void main(String[] args) {
        try (LocretChatModel model = LocretChatModel.builder()
                .modelPath(args[0])
                .maxOutputTokens(100)
                .build()) {
            Person person = AiServices.create(Extractor.class, model).extract("Ada Lovelace was born in 1815.");
            System.out.println(person);
        }
    }
}
