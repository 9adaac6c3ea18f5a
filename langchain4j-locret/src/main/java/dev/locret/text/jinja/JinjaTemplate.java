package dev.locret.text.jinja;

import dev.locret.common.ErrorId;
import dev.locret.common.LocretException;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** A parsed template. Immutable, safe to share between threads. */
public final class JinjaTemplate {
    /** Longest template read; the longest published one has about 20,000 characters. */
    private static final int MAX_SOURCE_CHARACTERS = 1_000_000;

    private final List<Statement> body;
    private final int sourceLength;
    private final String origin;

    private JinjaTemplate(List<Statement> body, int sourceLength, String origin) {
        this.body = body;
        this.sourceLength = sourceLength;
        this.origin = origin;
    }

    /**
     * Parses a template.
     *
     * @param origin where it was found, for messages
     * @throws LocretException ({@code template}) with the line, if it is malformed
     */
    public static JinjaTemplate parse(String source, String origin) {
        if (source.length() > MAX_SOURCE_CHARACTERS) {
            throw new LocretException(
                    ErrorId.TEMPLATE,
                    "template: " + source.length() + " characters are over the limit of " + MAX_SOURCE_CHARACTERS + ": "
                            + origin);
        }
        try {
            List<Statement> body = new StatementParser(Lexer.tokenize(source)).template();
            return new JinjaTemplate(body, source.length(), origin);
        } catch (SyntaxFailure failure) {
            throw new LocretException(
                    ErrorId.TEMPLATE, "template: line " + failure.line + ": " + failure.getMessage() + ": " + origin);
        }
    }

    /**
     * Renders with the given values; {@code clock} is what {@code strftime_now} reads.
     *
     * @throws Raised if the template raises
     * @throws LocretException ({@code template}) with the line, if it fails or exceeds its limits
     */
    public Text render(Map<String, ?> context, Clock clock) {
        Context values = new Context();
        Evaluation evaluation = null;
        try {
            Scope scope = values.scope(context, Globals.scope());
            Budget budget = new Budget(Math.addExact(values.characters(), sourceLength), values.values());
            evaluation = new Evaluation(budget, clock, scope);
            evaluation.execute(body);
            return evaluation.output.build();
        } catch (Failure.Raised raised) {
            throw new Raised(raised.getMessage(), evaluation.line);
        } catch (Failure failure) {
            String where = evaluation == null ? "" : "line " + evaluation.line + ": ";
            throw new LocretException(ErrorId.TEMPLATE, "template: " + where + failure.getMessage() + ": " + origin);
        }
    }
}
