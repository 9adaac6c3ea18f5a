package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The types that a schema admits. */
enum SchemaTypes {
    NULL,
    BOOLEAN,
    INTEGER,
    NUMBER,
    STRING,
    ARRAY,
    OBJECT;

    private static final Set<SchemaTypes> ALL = EnumSet.complementOf(EnumSet.of(INTEGER));

    private static SchemaTypes named(JsonNode name, String path) {
        for (SchemaTypes type : values()) {
            if (name.isTextual() && type.name().toLowerCase(Locale.ROOT).equals(name.textValue())) {
                return type;
            }
        }
        throw SchemaErrors.at(path, "type is unknown: type=" + SchemaErrors.shortened(name.asText()));
    }

    /**
     * The types of a schema. Without {@code type}, keywords of one type mean that type: {@code {"minimum": 3}} is a
     * number, though JSON Schema admits a string there.
     */
    static Set<SchemaTypes> of(JsonNode schema, String path) {
        JsonNode type = schema.get("type");
        if (type == null) {
            return meant(schema);
        }
        Set<SchemaTypes> types = EnumSet.noneOf(SchemaTypes.class);
        for (JsonNode name : type.isArray() ? type : List.of(type)) {
            types.add(named(name, path));
        }
        if (types.contains(NUMBER)) {
            types.remove(INTEGER);
        }
        return types;
    }

    private static Set<SchemaTypes> meant(JsonNode schema) {
        Set<SchemaTypes> types = EnumSet.noneOf(SchemaTypes.class);
        if (SchemaKeywords.hasAny(schema, SchemaKeywords.OBJECT)) {
            types.add(OBJECT);
        }
        if (SchemaKeywords.hasAny(schema, SchemaKeywords.ARRAY) || schema.has("uniqueItems")) {
            types.add(ARRAY);
        }
        if (SchemaKeywords.hasAny(schema, SchemaKeywords.STRING)) {
            types.add(STRING);
        }
        if (SchemaKeywords.hasAny(schema, SchemaKeywords.NUMBER)) {
            types.add(NUMBER);
        }
        return types.size() == 1 ? types : ALL;
    }

    /** The type of a value; whole numbers are integers however they are written. */
    static SchemaTypes ofValue(JsonNode value) {
        switch (value.getNodeType()) {
            case NULL:
                return NULL;
            case BOOLEAN:
                return BOOLEAN;
            case NUMBER:
                boolean whole = value.isIntegralNumber()
                        || value.decimalValue().stripTrailingZeros().scale() <= 0;
                return whole ? INTEGER : NUMBER;
            case STRING:
                return STRING;
            case ARRAY:
                return ARRAY;
            default:
                return OBJECT;
        }
    }

    /** Whether values of this type are among some types. */
    boolean isIn(Set<SchemaTypes> types) {
        return types.contains(this) || this == INTEGER && types.contains(NUMBER);
    }
}
