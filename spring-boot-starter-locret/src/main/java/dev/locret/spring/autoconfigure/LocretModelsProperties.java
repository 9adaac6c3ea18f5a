package dev.locret.spring.autoconfigure;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Further models, each with all properties of its own.
 *
 * @param models Further models by name, each with the properties of the one above, which it does not inherit. Their beans
 *     have the name as qualifier.
 */
@ConfigurationProperties(LocretProperties.PREFIX)
record LocretModelsProperties(@DefaultValue Map<String, LocretProperties> models) {
    static final String PREFIX = LocretProperties.PREFIX + ".models";

    /** The prefix of a model's properties. */
    static String prefix(String name) {
        return PREFIX + "." + name;
    }
}
