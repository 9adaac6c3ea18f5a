package dev.locret.text.jinja;

import dev.locret.text.jinja.Statement.Flow;
import dev.locret.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses the blocks of a template. */
final class StatementParser {
    /** Tags that would read other templates: there are none. */
    private static final Set<String> REACH_OUT = Set.of("include", "import", "from", "extends");

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private int loops;

    StatementParser(List<Token> tokens) {
        this.tokens = new Tokens(tokens);
        this.expressions = new ExpressionParser(this.tokens);
    }

    List<Statement> template() {
        List<Statement> body = body(Set.of());
        if (!tokens.at(Kind.END)) {
            throw tokens.unexpected("the end of the template");
        }
        return body;
    }

    /** Statements up to a block whose tag is in {@code ends}; that tag's name is the next token. */
    private List<Statement> body(Set<String> ends) {
        tokens.enter();
        List<Statement> statements = new ArrayList<>();
        while (true) {
            Token token = tokens.peek();
            if (token.kind() == Kind.DATA) {
                tokens.take();
                statements.add(new Statements.Data(token.text()));
            } else if (token.kind() == Kind.VARIABLE_BEGIN) {
                tokens.take();
                statements.add(new Statements.Output(expressions.tuple(), token.line()));
                tokens.expect(Kind.VARIABLE_END, "'}}'");
            } else if (token.kind() == Kind.BLOCK_BEGIN) {
                Token tag = tokens.lookAhead(1);
                if (tag.kind() == Kind.NAME && ends.contains(tag.text())) {
                    tokens.take();
                    break;
                }
                tokens.take();
                statements.add(block());
            } else {
                break;
            }
        }
        if (!ends.isEmpty() && tokens.at(Kind.END)) {
            throw tokens.unexpected(
                    "'" + String.join("' or '", ends.stream().sorted().toList()) + "'");
        }
        tokens.leave();
        return statements;
    }

    /** Statements up to, and past, the tag {@code end}. */
    private List<Statement> bodyUntil(String end) {
        List<Statement> body = body(Set.of(end));
        tokens.expectName(end);
        endBlock();
        return body;
    }

    /** As {@link #bodyUntil}, for a body whose output is kept: it cannot jump out to a loop around it. */
    private List<Statement> capturedUntil(String end) {
        int outer = loops;
        loops = 0;
        List<Statement> body = bodyUntil(end);
        loops = outer;
        return body;
    }

    private void endBlock() {
        tokens.expect(Kind.BLOCK_END, "'%}'");
    }

    private Statement block() {
        Token tag = tokens.expect(Kind.NAME, "the name of a tag");
        switch (tag.text()) {
            case "if":
                return ifBlock(tag.line());
            case "for":
                return forBlock(tag.line());
            case "set":
                return set(tag.line());
            case "macro":
                return macro();
            case "call":
                return call(tag.line());
            case "with":
                return with();
            case "filter":
                return filter();
            case "generation":
                endBlock();
                return new Statements.With(List.of(), bodyUntil("endgeneration"));
            case "break":
            case "continue":
                return jump(tag);
            default:
                String why = REACH_OUT.contains(tag.text())
                        ? "tag '" + tag.text() + "' is not allowed: a chat template stands alone"
                        : "unknown tag '" + tag.text() + "'";
                throw new SyntaxFailure(tag.line(), why);
        }
    }

    private Statement jump(Token tag) {
        if (loops == 0) {
            throw new SyntaxFailure(tag.line(), "'" + tag.text() + "' outside of a loop");
        }
        endBlock();
        return new Statements.Jump(tag.text().equals("break") ? Flow.BREAK : Flow.CONTINUE);
    }

    private Statement ifBlock(int firstLine) {
        List<Statements.Branch> branches = new ArrayList<>();
        int line = firstLine;
        while (true) {
            Expression condition = expressions.tuple();
            endBlock();
            branches.add(new Statements.Branch(condition, body(Set.of("elif", "else", "endif")), line));
            Token next = tokens.take();
            line = next.line();
            if (next.isName("elif")) {
                continue;
            }
            endBlock();
            if (next.isName("else")) {
                branches.add(new Statements.Branch(null, bodyUntil("endif"), line));
            }
            return new Statements.If(branches);
        }
    }

    private Statement forBlock(int line) {
        Target target = targets(false);
        tokens.expectName("in");
        Expression iterable = iterable();
        Expression filter = tokens.skipName("if") ? expressions.expression() : null;
        if (tokens.atName("recursive")) {
            throw new SyntaxFailure(tokens.peek().line(), "recursive loops are not supported");
        }
        endBlock();
        loops++;
        List<Statement> body = body(Set.of("else", "endfor"));
        loops--;
        List<Statement> otherwise = List.of();
        if (tokens.take().isName("else")) {
            endBlock();
            otherwise = bodyUntil("endfor");
        } else {
            endBlock();
        }
        return new Statements.For(target, iterable, filter, body, otherwise, line);
    }

    private Expression iterable() {
        Expression first = expressions.or();
        if (!tokens.atOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",")) {
            items.add(expressions.or());
        }
        return ExpressionParser.listOf(items);
    }

    private Target targets(boolean withAttribute) {
        Target first = target(withAttribute);
        if (!tokens.atOperator(",")) {
            return first;
        }
        List<Target> several = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",")) {
            several.add(target(withAttribute));
        }
        return new Target.Several(several);
    }

    private Target target(boolean withAttribute) {
        if (tokens.skipOperator("(")) {
            tokens.enter();
            Target inside = targets(false);
            tokens.leave();
            tokens.expectOperator(")");
            return inside;
        }
        Token name = tokens.expect(Kind.NAME, "a name to assign to");
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name.text())) {
            throw new SyntaxFailure(name.line(), "cannot assign to '" + name.text() + "'");
        }
        if (withAttribute && tokens.skipOperator(".")) {
            return new Target.Attribute(
                    name.text(), tokens.expect(Kind.NAME, "a name").text());
        }
        return new Target.Name(name.text());
    }

    private Statement set(int line) {
        Target target = targets(true);
        if (tokens.skipOperator("=")) {
            Expression value = expressions.tuple();
            endBlock();
            return new Statements.Assign(target, value, line);
        }
        endBlock();
        return new Statements.Capture(target, capturedUntil("endset"));
    }

    private Statement with() {
        List<Statements.Assign> assignments = new ArrayList<>();
        while (!tokens.at(Kind.BLOCK_END)) {
            int line = tokens.peek().line();
            Target target = target(false);
            tokens.expectOperator("=");
            assignments.add(new Statements.Assign(target, expressions.expression(), line));
            if (!tokens.at(Kind.BLOCK_END)) {
                tokens.expectOperator(",");
            }
        }
        endBlock();
        return new Statements.With(assignments, bodyUntil("endwith"));
    }

    private Statement filter() {
        Expression filtered = e -> e.scope.get(Statements.FilterBlock.INPUT);
        PrimaryParser primaries = new PrimaryParser(tokens, expressions);
        filtered = primaries.filter(filtered);
        while (tokens.skipOperator("|")) {
            filtered = primaries.filter(filtered);
        }
        endBlock();
        return new Statements.FilterBlock(filtered, capturedUntil("endfilter"));
    }

    private Statement macro() {
        String name = tokens.expect(Kind.NAME, "the name of a macro").text();
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        parameters(parameters, defaults);
        endBlock();
        return new Statements.DefineMacro(new Macro(name, parameters, defaults, capturedUntil("endmacro")));
    }

    private Statement call(int line) {
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        if (tokens.atOperator("(")) {
            parameters(parameters, defaults);
        }
        Expression call = expressions.expression();
        endBlock();
        Macro body = new Macro(Macro.CALLER, parameters, defaults, capturedUntil("endcall"));
        return new Statements.CallBlock(body, call, line);
    }

    private void parameters(List<String> names, List<Expression> defaults) {
        tokens.expectOperator("(");
        while (!tokens.atOperator(")")) {
            names.add(tokens.expect(Kind.NAME, "the name of a parameter").text());
            defaults.add(tokens.skipOperator("=") ? expressions.expression() : null);
            if (!tokens.atOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        tokens.expectOperator(")");
    }
}
