package dev.locret.tck;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a good model would answer to the questions of LangChain4j's tests. */
final class Script {
    private static final Map<String, List<String>> ANSWERS = new LinkedHashMap<>();
    private static final String PEOPLE =
            "{\"values\": [{\"name\": \"Klaus\", \"age\": 37, \"height\": 1.78, \"married\": false}, "
                    + "{\"name\": \"Franny\", \"age\": 35, \"height\": 1.65, \"married\": true}]}";
    private static final String DOG = "{\"type\": \"Dog\", \"name\": \"Rex\", \"breed\": \"Labrador\"}";

    private Script() {}

    static {
        // AbstractChatModelIT, AbstractStreamingChatModelIT
        say("What is the capital of Germany? How much is 2 + 2?", "The capital of Germany is Berlin, and 2 + 2 is 4.");
        say("What is the capital of Germany?", "The capital of Germany is Berlin.", "{\"city\": \"Berlin\"}");
        say("Translate: 'I love you'", "Ich liebe dich");
        say("What is my favorite color?", "Your favorite color is green.");
        say("Say 'Hello World'", "Hello World");
        say(
                "Call tools simultaneously",
                call("getWeather", "{\"city\": \"Munich\"}") + "\n" + call("getTime", "{\"country\": \"France\"}"));
        say("<tool_response>\nsunny\n</tool_response>\n<tool_response>\n14:35", "It is sunny, and the time is 14:35.");
        say("Use 'getWeather' tool", call("getWeather", "{\"arg0\": \"Munich\"}"));
        say("What is the weather in Munich?", call("getWeather", "{\"city\": \"Munich\"}"));
        say("I live in Munich", "{\"name\": \"getWeather\", \"arguments\": {\"city\": \"Munich\"}}");
        say(
                "<tool_response>\nsunny\n",
                "The weather in Munich is sunny.",
                "{\"city\": \"Munich\", \"weather\": \"SUNNY\"}",
                "{\"weather\": \"sunny\"}");
        say("Use the get_current_time tool", call("get_current_time", "{}"));
        say("<tool_response>\n10:14\n", "It is 10:14.");
        say("Tell me a long story about animals", "Once upon a time there was a fox who lived in a wood. ".repeat(20));
        // Listeners
        say("hello", "Hello, how are you today?");
        // AbstractAiServiceWithToolsIT, AbstractStreamingAiServiceIT
        say(
                "73 plus 78",
                call("add", "{\"arg0\": 37, \"arg1\": 87}") + "\n" + call("add", "{\"arg0\": 73, \"arg1\": 78}"));
        say("37 + 87", call("add", "{\"arg0\": 37, \"arg1\": 87}"));
        say("How much is 37 plus 87?", call("add", "{\"arg0\": 37, \"arg1\": 87}"));
        say("Now add 47 to the previous result", call("add", "{\"arg0\": 124, \"arg1\": 47}"));
        say("<tool_response>\n124\n</tool_response>\n<tool_response>\n151", "37 + 87 = 124, 73 + 78 = 151");
        say("<tool_response>\n124\n", "37 + 87 = 124");
        say("First add 2 and 3", call("add", "{\"arg0\": 2, \"arg1\": 3}"));
        say("<tool_response>\n5\n", call("multiply", "{\"arg0\": 5, \"arg1\": 4}"));
        say("<tool_response>\n20\n", "The result is 20.");
        say("What is the date today?", call("currentDate", "{}"));
        say("What is the time now?", call("currentTime", "{}"));
        say("17:11:45", "17:11:45");
        say(
                "current temperature in Munich",
                call("currentTemperature", "{\"arg0\": \"Munich\", \"arg1\": \"CELSIUS\"}"));
        say("<tool_response>\n19\n", "It is 19 degrees.");
        say(
                "Klaus is 37 years old, 1.78m height and single",
                call("process", "{\"arg0\": {\"name\": \"Klaus\", \"age\": 37, \"height\": 1.78, \"married\": false}}"),
                "{\"name\": \"Klaus\", \"age\": 37, \"height\": 1.78, \"married\": false}");
        say(
                "Klaus lives in Langley Falls",
                call("process", "{\"arg0\": {\"name\": \"Klaus\", \"address\": {\"city\": \"Langley Falls\"}}}"));
        String francine = "{\"name\": \"Francine\", \"children\": [{\"name\": \"Steve\", \"children\": []}, "
                + "{\"name\": \"Hayley\", \"children\": []}]}";
        say("Francine has 2 children", call("process", "{\"arg0\": " + francine + "}"), francine);
        say("Klaus is 42 years old", call("process", "{\"arg0\": {\"Klaus\": 42, \"Francine\": 47}}"));
        say("following names: Klaus and Franny", call("processNames", "{\"arg0\": [\"Klaus\", \"Franny\"]}"));
        say("colors: RED and GREEN", call("process", "{\"arg0\": [\"RED\", \"GREEN\"]}"));
        say("integers: 37, 73", call("processNumbers", "{\"arg0\": [37, 73]}"));
        say(
                "following people: Klaus and Franny",
                call("process", "{\"arg0\": [{\"name\": \"Klaus\"}, {\"name\": \"Franny\"}]}"));
        say("62dbcc27", call("getUsernameFromId", "{\"arg0\": \"62dbcc27-aaf3-449a-b12d-5a904271a57f\"}"));
        say("<tool_response>\nAlice", "The username is Alice.");
        say("Call tool 'modify'", call("modify", "{\"arg0\": 7}"));
        say("Take a photo", call("takePhoto", "{}"));
        // AbstractAiServiceWithJsonSchemaIT
        say(
                "Franny is 35 years old",
                PEOPLE,
                "{\"values\": [\"Klaus\", \"Franny\"]}",
                "{\"values\": [\"SINGLE\", \"MARRIED\", \"MARRIED\"]}",
                "{\"value\": 2}");
        say("1.78m height and single.", "{\"value\": \"SINGLE\"}");
        say("Klaus is a 37-year-old man", "{\"value\": true}");
        say("-0.5 °C", "{\"value\": -0.5}");
        say("Do not include missing fields", "{\"name\": \"Klaus\"}");
        say(
                "delivery to Langley Falls",
                "{\"name\": \"Klaus\", \"shippingAddress\": {\"city\": \"Langley Falls\"}, "
                        + "\"billingAddress\": {\"city\": \"New York\"}}");
        say("Klaus is single", "{\"name\": \"Klaus\", \"maritalStatus\": \"SINGLE\"}");
        say("orange and green", "{\"name\": \"Klaus\", \"favouriteColors\": [\"orange\", \"green\"]}");
        say("Klaus has 2 pets", "{\"name\": \"Klaus\", \"pets\": [{\"name\": \"Peanut\"}, {\"name\": \"Muffin\"}]}");
        say("groups A and C", "{\"name\": \"Klaus\", \"groups\": [\"A\", \"C\"]}");
        String date = "{\"year\": 1976, \"month\": 8, \"day\": 12}";
        String time = "{\"hour\": 14, \"minute\": 43, \"second\": 0, \"nano\": 0}";
        say(
                "14:43 on 12th of August 1976",
                "{\"name\": \"Klaus\", \"birthDate\": " + date + ", \"birthTime\": " + time
                        + ", \"birthDateTime\": {\"date\": " + date + ", \"time\": " + time + "}}");
        say("567b229a", "{\"id\": \"567b229a-6b0a-4f1e-9006-448cd9dfbfda\", \"name\": \"Klaus\"}");
        say("Klaus and Francine", "{\"values\": [{\"name\": \"Klaus\"}, {\"name\": \"Francine\"}]}");
        say("following text: Klaus", "{\"name\": \"Klaus\"}");
        say("sunny and windy", "{\"values\": [\"SUNNY\", \"WINDY\", \"RAINY\", \"CLOUDY\"]}");
        String cat = "{\"type\": \"Cat\", \"name\": \"Whiskers\", \"indoor\": true}";
        say("Rex is a Labrador dog", "{\"value\": " + DOG + "}");
        say("Whiskers is an indoor cat", "{\"values\": [" + DOG + ", " + cat + "]}");
        say("Alice owns", "{\"name\": \"Alice\", \"pet\": " + DOG + "}");
        say(
                "1+2+3",
                "{\"value\": {\"type\": \"Addition\", \"left\": {\"type\": \"Addition\", \"left\": " + constant(1)
                        + ", \"right\": " + constant(2) + "}, \"right\": " + constant(3) + "}}");
    }

    private static void say(String question, String... answers) {
        ANSWERS.put(question, List.of(answers));
    }

    private static String constant(int value) {
        return "{\"type\": \"Constant\", \"value\": " + value + "}";
    }

    private static String call(String name, String arguments) {
        return "<tool_call>\n{\"name\": \"" + name + "\", \"arguments\": " + arguments + "}\n</tool_call>";
    }

    /** Answers to the first question that the last message of the user contains. */
    static List<String> answers(String prompt) {
        String last = prompt.substring(prompt.lastIndexOf("<|im_start|>user\n"));
        List<String> found = new ArrayList<>();
        ANSWERS.forEach((question, answers) -> {
            if (last.contains(question)) {
                found.addAll(answers);
            }
        });
        return found.isEmpty() ? List.of("Done.") : found;
    }
}
