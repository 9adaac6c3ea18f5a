package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Another's validator of JSON schemas, draft 2020-12 with formats asserted. It knows the top-level domains of its day, so
 * mail addresses are left to our own tests.
 */
public final class Validator {
    private final JsonSchema schema;

    public Validator(JsonNode schema) {
        SchemaValidatorsConfig config =
                SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
        this.schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(schema, config);
    }

    /** What is wrong with a value. */
    public Set<String> complaints(JsonNode value) {
        return schema.validate(value).stream()
                .map(Object::toString)
                .filter(complaint -> !complaint.contains("email pattern"))
                .collect(Collectors.toSet());
    }
}
