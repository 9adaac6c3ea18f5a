package dev.locret.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Other forms of the same conversation, for templates that know no system message or want roles to alternate. No word is
 * lost or changes its place among the words of its role.
 */
final class MessageMerger {
    private static final String BETWEEN = "\n\n";
    private static final String ROLE = "role";
    private static final String CONTENT = "content";

    private MessageMerger() {}

    /** The forms to try, in this order, each further from what was said. */
    static List<List<Map<String, Object>>> forms(List<Map<String, Object>> messages) {
        return List.of(
                messages,
                repeatedRolesJoined(messages),
                systemInUser(messages),
                repeatedRolesJoined(systemInUser(messages)));
    }

    /** Messages of one role that follow one another are one message; it has the name of the first. */
    static List<Map<String, Object>> repeatedRolesJoined(List<Map<String, Object>> messages) {
        List<Map<String, Object>> joined = new ArrayList<>();
        for (Map<String, Object> message : messages) {
            int last = joined.size() - 1;
            if (last >= 0
                    && plain(joined.get(last))
                    && plain(message)
                    && joined.get(last).get(ROLE).equals(message.get(ROLE))) {
                joined.set(
                        last, with(joined.get(last), joined.get(last).get(CONTENT) + BETWEEN + message.get(CONTENT)));
            } else {
                joined.add(message);
            }
        }
        return joined;
    }

    /** Calls of tools and their results stay messages of their own. */
    private static boolean plain(Map<String, Object> message) {
        return !message.containsKey("tool_calls") && !message.containsKey("tool_call_id");
    }

    /** Each system message stands in front of the next user message, as part of it, or alone where none follows. */
    static List<Map<String, Object>> systemInUser(List<Map<String, Object>> messages) {
        List<Map<String, Object>> moved = new ArrayList<>();
        String before = "";
        for (Map<String, Object> message : messages) {
            if (message.get(ROLE).equals("system")) {
                before += message.get(CONTENT) + BETWEEN;
            } else if (message.get(ROLE).equals("user")) {
                moved.add(with(message, before + message.get(CONTENT)));
                before = "";
            } else {
                moved.add(message);
            }
        }
        if (!before.isEmpty()) {
            moved.add(Map.of(ROLE, "user", CONTENT, before.substring(0, before.length() - BETWEEN.length())));
        }
        return moved;
    }

    private static Map<String, Object> with(Map<String, Object> message, String content) {
        Map<String, Object> changed = new LinkedHashMap<>(message);
        changed.put(CONTENT, content);
        return changed;
    }
}
