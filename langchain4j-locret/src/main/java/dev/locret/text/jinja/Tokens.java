package dev.locret.text.jinja;

import dev.locret.text.jinja.Token.Kind;
import java.util.List;

/** The tokens of a template, read from front to back, and the depth to which the parser may recurse. */
final class Tokens {
    /** Brackets, operators and blocks within each other; two of them cost the parser a dozen Java frames. */
    static final int MAX_NESTING = 300;

    private final List<Token> tokens;
    private int next;
    private int nesting;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(next);
    }

    Token lookAhead(int count) {
        return tokens.get(Math.min(next + count, tokens.size() - 1));
    }

    Token take() {
        Token token = tokens.get(next);
        if (token.kind() != Kind.END) {
            next++;
        }
        return token;
    }

    boolean at(Kind kind) {
        return peek().kind() == kind;
    }

    boolean atOperator(String operator) {
        return peek().isOperator(operator);
    }

    boolean atName(String name) {
        return peek().isName(name);
    }

    boolean skipOperator(String operator) {
        return atOperator(operator) && take() != null;
    }

    boolean skipName(String name) {
        return atName(name) && take() != null;
    }

    Token expect(Kind kind, String what) {
        if (!at(kind)) {
            throw unexpected(what);
        }
        return take();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    SyntaxFailure unexpected(String wanted) {
        return new SyntaxFailure(peek().line(), "expected " + wanted + ", got " + peek().describe());
    }

    void enter() {
        if (++nesting > MAX_NESTING) {
            throw new SyntaxFailure(peek().line(), "nested deeper than " + MAX_NESTING + " levels");
        }
    }

    void leave() {
        nesting--;
    }
}
