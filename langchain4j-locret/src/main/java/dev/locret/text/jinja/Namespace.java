package dev.locret.text.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** The value of {@code namespace(…)}: the one thing whose attributes a template may set. */
final class Namespace {
    final Map<String, Object> attributes = new LinkedHashMap<>();
}
