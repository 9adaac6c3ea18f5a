package dev.locret.eval;

import dev.locret.corpus.TokenCount;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** InfiniteBench's key–value retrieval: a JSON object of UUIDs, one of which is asked for; SCBench asks for several. */
final class KeyValueTask implements Task {
    static final String NAME = "kv";

    private static final String INTRODUCTION =
            "Extract the value corresponding to the specified key in the JSON object below.\n\nJSON data:\n";
    /** A UUID is up to its number of characters in tokens. */
    private static final int MAX_TOKENS = 40;

    private final String name;
    private final int questions;
    private final TokenCount count;

    /**
     * @param questions keys that are asked for, each in a question of its own
     */
    KeyValueTask(String name, int questions, TokenCount count) {
        this.name = name;
        this.questions = questions;
        this.count = count;
    }

    @Override
    public String name() {
        return name;
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
            if (total > tokens && keys.size() >= questions) {
                break;
            }
            object.append(keys.isEmpty() ? "" : ", ").append(pair);
            keys.add(key);
            values.add(value);
        }
        Set<Integer> asked = new LinkedHashSet<>();
        while (asked.size() < questions) {
            asked.add(random.nextInt(keys.size()));
        }
        List<Query> queries = new ArrayList<>();
        for (int at : asked) {
            String question = "Key: \"" + keys.get(at) + "\"\nThe value associated with the specified key is: ";
            queries.add(new Query(
                    NAME,
                    question,
                    List.of(values.get(at)),
                    Scorer.CONTAINS,
                    (at + 0.5) / keys.size(),
                    MAX_TOKENS,
                    Query.PARAGRAPH));
        }
        return new Item(INTRODUCTION + object.append('}'), queries, null);
    }
}
