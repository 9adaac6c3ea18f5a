package dev.locret.eval;

import dev.locret.corpus.TokenCount;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** InfiniteBench's key–value retrieval: a JSON object of UUIDs, one of which is asked for. */
final class KeyValueTask implements Task {
    static final String NAME = "kv";

    private static final String INTRODUCTION =
            "Extract the value corresponding to the specified key in the JSON object below.\n\nJSON data:\n";
    /** A UUID is up to its number of characters in tokens. */
    private static final int MAX_TOKENS = 40;

    private final TokenCount count;

    KeyValueTask(TokenCount count) {
        this.count = count;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Item item(int index, int tokens, RandomGenerator random) {
        List<String> keys = new ArrayList<>();
        List<String> values = new ArrayList<>();
        StringBuilder object = new StringBuilder("{");
        int total = count.of(INTRODUCTION);
        while (true) {
            String key = Draws.uuid(random);
            String value = Draws.uuid(random);
            String pair = "\"" + key + "\": \"" + value + "\"";
            total += count.of(pair) + 1;
            if (total > tokens && !keys.isEmpty()) {
                break;
            }
            object.append(keys.isEmpty() ? "" : ", ").append(pair);
            keys.add(key);
            values.add(value);
        }
        int at = random.nextInt(keys.size());
        String question = "Key: \"" + keys.get(at) + "\"\nThe value associated with the specified key is: ";
        Query query = new Query(
                NAME,
                question,
                List.of(values.get(at)),
                Scorer.CONTAINS,
                (at + 0.5) / keys.size(),
                MAX_TOKENS,
                Query.PARAGRAPH);
        return new Item(INTRODUCTION + object.append('}'), List.of(query), null);
    }
}
