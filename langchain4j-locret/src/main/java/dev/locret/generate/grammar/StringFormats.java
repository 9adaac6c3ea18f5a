package dev.locret.generate.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/** The formats of strings, each in a form that every validator takes. */
final class StringFormats {
    private static final String MONTHS_AND_DAYS =
            "((0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])" + "|(0[469]|11)-(0[1-9]|[12]\\d|30)|02-(0[1-9]|1\\d|2[0-8]))";
    private static final String LEAP_YEAR = "(\\d\\d(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)";
    private static final String DATE = "(\\d{4}-" + MONTHS_AND_DAYS + "|" + LEAP_YEAR + "-02-29)";
    private static final String TIME =
            "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)";
    // No two hyphens in a row: in front they would mark an encoded name. At most 249 characters of 253.
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9]|-[A-Za-z0-9]){0,24}";
    private static final String HOSTNAME = LABEL + "(\\." + LABEL + "){0,4}";
    private static final String ADDRESS = "[A-Za-z0-9_+]([A-Za-z0-9_+]|[.-][A-Za-z0-9_+]){0,31}@" + LABEL + "(\\."
            + LABEL + "){0,3}\\.[A-Za-z]{2,12}";
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final String GROUP = "[0-9A-Fa-f]{1,4}";
    private static final String IN_PATH = "([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";
    private static final String RELATIVE =
            "(/" + IN_PATH + "*)*(\\?(" + IN_PATH + "|[/?])*)?(#(" + IN_PATH + "|[/?])*)?";
    private static final String WITH_HOST = "(https?|ftp)://" + HOSTNAME + "(:\\d{1,4})?";
    private static final String URI =
            "(" + WITH_HOST + RELATIVE + "|mailto:" + ADDRESS + "|urn:[a-z][a-z0-9]{1,30}:" + IN_PATH + "+)";

    private static final Map<String, String> PATTERNS = new TreeMap<>(Map.ofEntries(
            Map.entry("date", DATE),
            Map.entry("time", TIME),
            Map.entry("date-time", DATE + "T" + TIME),
            Map.entry(
                    "duration",
                    "P(\\d{1,4}W|\\d{1,4}Y(\\d{1,4}M(\\d{1,4}D)?)?|\\d{1,4}M(\\d{1,4}D)?|\\d{1,4}D"
                            + "|(\\d{1,4}D)?T(\\d{1,4}H(\\d{1,4}M(\\d{1,4}S)?)?|\\d{1,4}M(\\d{1,4}S)?|\\d{1,4}S))"),
            Map.entry("uuid", "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"),
            Map.entry("email", ADDRESS),
            Map.entry("hostname", HOSTNAME),
            Map.entry("ipv4", OCTET + "(\\." + OCTET + "){3}"),
            Map.entry("ipv6", ipv6()),
            Map.entry("uri", URI),
            Map.entry("uri-reference", "(" + WITH_HOST + ")?" + RELATIVE)));

    private StringFormats() {}

    /** Eight groups, or fewer with one gap of at least two. */
    private static String ipv6() {
        StringBuilder forms = new StringBuilder("(" + GROUP + "(:" + GROUP + "){7}");
        for (int before = 0; before <= 6; before++) {
            int after = 6 - before;
            forms.append('|').append(before == 0 ? "" : GROUP + "(:" + GROUP + "){" + (before - 1) + "}");
            forms.append("::").append(after == 0 ? "" : "(" + GROUP + "(:" + GROUP + "){0," + (after - 1) + "})?");
        }
        return forms.append(')').toString();
    }

    /**
     * The texts of a schema's format.
     *
     * @throws dev.locret.common.LocretException ({@code grammar}) that names the known ones if it is none of them
     */
    static Regex of(JsonNode schema, String path) {
        String pattern = PATTERNS.get(schema.get("format").textValue());
        if (pattern == null) {
            throw SchemaErrors.at(
                    path,
                    "format is not supported: format="
                            + SchemaErrors.shortened(schema.get("format").textValue()) + ", known are "
                            + String.join(", ", PATTERNS.keySet()));
        }
        return RegexParser.parse(pattern);
    }
}
