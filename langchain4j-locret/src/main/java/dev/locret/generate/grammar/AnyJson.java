package dev.locret.generate.grammar;

import java.util.List;

/** The grammar of JSON itself. */
final class AnyJson {
    /** Any value. */
    static final Node VALUE;

    /** Any object. */
    static final Node OBJECT;

    /** Any array. */
    static final Node ARRAY;

    static {
        Node.Reference value = new Node.Reference();
        Node string = JsonText.string(0, Node.UNBOUNDED);
        Node member = Node.sequence(string, JsonText.COLON, value);
        OBJECT = Node.sequence(
                Node.literal("{"), Node.separated(member, JsonText.COMMA, 0, Node.UNBOUNDED), Node.literal("}"));
        ARRAY = Node.sequence(
                Node.literal("["), Node.separated(value, JsonText.COMMA, 0, Node.UNBOUNDED), Node.literal("]"));
        value.target = new Node.Choice(
                List.of(string, JsonNumbers.NUMBER, JsonText.oneOf(List.of("true", "false", "null")), OBJECT, ARRAY));
        VALUE = value;
    }

    private AnyJson() {}
}
