import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.service.AiServices;
import dev.locret.LocretChatModel;
import java.time.LocalTime;

/** Lets the model ask for the time: {@code run.sh Tools MODEL}. */
class Tools {
    interface Assistant {
        String chat(String message);
    }

    static class Clock {
        @Tool("Tells what time it is")
        String now() {
            return LocalTime.now().toString();
        }
    }

    public static void main(String[] args) {
        try (LocretChatModel model = LocretChatModel.builder()
                .modelPath(args[0])
                .maxOutputTokens(100)
                .build()) {
            Assistant assistant = AiServices.builder(Assistant.class)
                    .chatModel(model)
                    .tools(new Clock())
                    .build();
            System.out.println(assistant.chat("What time is it?"));
        }
    }
}
