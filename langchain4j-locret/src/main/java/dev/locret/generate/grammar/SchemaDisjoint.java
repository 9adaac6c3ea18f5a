package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether no value satisfies two branches of a {@code oneOf}: then it means the same as {@code anyOf}. Proved by types,
 * by {@code const} and {@code enum}, by a property that both require with different constants, or by one that one branch
 * requires and the other forbids.
 */
final class SchemaDisjoint {
    private static final int MAX_BRANCHES = 100;

    private final SchemaMerge merge;
    private final Budget budget;

    SchemaDisjoint(SchemaCompiler compiler) {
        this.merge = new SchemaMerge(compiler);
        this.budget = compiler.budget();
    }

    /**
     * @throws dev.locret.common.LocretException ({@code grammar}) if two branches may have a value in common
     */
    void require(JsonNode schema, String path) {
        JsonNode branches = schema.get("oneOf");
        if (branches.size() > MAX_BRANCHES) {
            throw SchemaErrors.at(
                    path, "oneOf has too many branches: branches=" + branches.size() + ", allowed=" + MAX_BRANCHES);
        }
        for (int i = 0; i < branches.size(); i++) {
            for (int j = i + 1; j < branches.size(); j++) {
                if (!disjoint(flat(branches.get(i), path), flat(branches.get(j), path), path)) {
                    throw SchemaErrors.at(
                            path,
                            "oneOf is supported only where no value can satisfy two branches (use anyOf): branches " + i
                                    + " and " + j);
                }
            }
        }
    }

    private JsonNode flat(JsonNode schema, String path) {
        return schema.isObject() && (schema.has("$ref") || schema.has("allOf"))
                ? merge.flatten((ObjectNode) schema, path)
                : schema;
    }

    private boolean disjoint(JsonNode a, JsonNode b, String path) {
        if (isFalse(a) || isFalse(b)) {
            return true;
        }
        budget.spendOn(a);
        budget.spendOn(b);
        Set<JsonNode> left = values(a);
        Set<JsonNode> right = values(b);
        if (left != null && right != null) {
            return noneInCommon(left, right);
        }
        Set<SchemaTypes> types = types(a, left, path);
        Set<SchemaTypes> others = types(b, right, path);
        if (types.stream().noneMatch(t -> t.isIn(others)) && others.stream().noneMatch(t -> t.isIn(types))) {
            return true;
        }
        boolean objects = types.equals(EnumSet.of(SchemaTypes.OBJECT)) && others.equals(types);
        return objects && left == null && right == null && (forbids(a, b) || forbids(b, a) || told(a, b, path));
    }

    private boolean noneInCommon(Set<JsonNode> left, Set<JsonNode> right) {
        budget.spend((long) left.size() * right.size());
        return left.stream().noneMatch(x -> right.stream().anyMatch(y -> same(x, y)));
    }

    /** Whether two values may be the same: 1 and 1.0 are, and what lies inside containers is not compared. */
    private static boolean same(JsonNode x, JsonNode y) {
        if (x.isNumber() && y.isNumber()) {
            boolean finite = Double.isFinite(x.doubleValue()) && Double.isFinite(y.doubleValue());
            return !finite || x.decimalValue().compareTo(y.decimalValue()) == 0;
        }
        return x.equals(y) || x.isContainerNode() && y.isContainerNode();
    }

    private static boolean isFalse(JsonNode schema) {
        return schema.isBoolean() && !schema.booleanValue();
    }

    /** The only values of a schema, or null. */
    private static Set<JsonNode> values(JsonNode schema) {
        if (schema.has("const")) {
            return Set.of(schema.get("const"));
        }
        if (!schema.path("enum").isArray()) {
            return null;
        }
        Set<JsonNode> values = new HashSet<>();
        schema.get("enum").forEach(values::add);
        return values;
    }

    /** Types by {@code type} or values alone: what keywords merely suggest proves nothing. */
    private static Set<SchemaTypes> types(JsonNode schema, Set<JsonNode> values, String path) {
        Set<SchemaTypes> types = EnumSet.noneOf(SchemaTypes.class);
        if (values != null) {
            values.forEach(v -> types.add(SchemaTypes.ofValue(v)));
        } else {
            types.addAll(schema.has("type") ? SchemaTypes.of(schema, path) : EnumSet.allOf(SchemaTypes.class));
        }
        return types;
    }

    /** Whether one schema requires a property that the other does not allow. */
    private static boolean forbids(JsonNode requiring, JsonNode other) {
        if (!isFalse(other.path("additionalProperties"))) {
            return false;
        }
        for (JsonNode name : requiring.path("required")) {
            if (!other.path("properties").has(name.asText())) {
                return true;
            }
        }
        return false;
    }

    /** Whether a property that both require tells them apart. */
    private boolean told(JsonNode a, JsonNode b, String path) {
        Set<String> required = new HashSet<>();
        a.path("required").forEach(name -> required.add(name.asText()));
        for (JsonNode name : b.path("required")) {
            JsonNode left = a.path("properties").get(name.asText());
            JsonNode right = b.path("properties").get(name.asText());
            if (required.contains(name.asText()) && left != null && right != null) {
                Set<JsonNode> x = values(flat(left, path));
                Set<JsonNode> y = values(flat(right, path));
                if (x != null
                        && y != null
                        && x.stream().noneMatch(v -> y.stream().anyMatch(w -> same(v, w)))) {
                    return true;
                }
            }
        }
        return false;
    }
}
