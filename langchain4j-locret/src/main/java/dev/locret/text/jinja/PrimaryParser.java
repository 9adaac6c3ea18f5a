package dev.locret.text.jinja;

import dev.locret.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses literals, names, and what follows them: attributes, items, calls, filters and tests. */
final class PrimaryParser {
    private static final Set<String> NOT_A_TEST_ARGUMENT = Set.of("else", "or", "and", "is", "if", "not", "in");

    private final Tokens tokens;
    private final ExpressionParser expressions;

    PrimaryParser(Tokens tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Expression primary() {
        Token token = tokens.peek();
        switch (token.kind()) {
            case NAME:
                tokens.take();
                return name(token);
            case STRING:
                return string();
            case INTEGER:
                tokens.take();
                return constant(Long.valueOf(token.text()));
            case FLOAT:
                tokens.take();
                return constant(Double.valueOf(token.text()));
            default:
                break;
        }
        if (tokens.skipOperator("(")) {
            Expression inside = tokens.atOperator(")") ? e -> Tuple.of() : expressions.tuple();
            tokens.expectOperator(")");
            return inside;
        }
        if (tokens.skipOperator("[")) {
            return ExpressionParser.listOf(listUntil("]"));
        }
        if (tokens.skipOperator("{")) {
            return map();
        }
        throw tokens.unexpected("an expression");
    }

    private static Expression constant(Object value) {
        return e -> value;
    }

    private static Expression name(Token token) {
        String name = token.text();
        switch (name) {
            case "true":
            case "True":
                return constant(true);
            case "false":
            case "False":
                return constant(false);
            case "none":
            case "None":
                return constant(null);
            default:
                return e -> e.scope.get(name);
        }
    }

    /** String literals that stand side by side are one. */
    private Expression string() {
        StringBuilder joined = new StringBuilder();
        while (tokens.at(Kind.STRING)) {
            joined.append(tokens.take().text());
        }
        return constant(Text.trusted(joined.toString()));
    }

    private List<Expression> listUntil(String close) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.atOperator(close)) {
            items.add(expressions.expression());
            if (!tokens.atOperator(close)) {
                tokens.expectOperator(",");
            }
        }
        tokens.expectOperator(close);
        return items;
    }

    private Expression map() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.atOperator("}")) {
            keys.add(expressions.expression());
            tokens.expectOperator(":");
            values.add(expressions.expression());
            if (!tokens.atOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        tokens.expectOperator("}");
        return e -> {
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                Object key = e.evaluate(keys.get(i));
                if (key != null && !(key instanceof Text) && !Values.isNumber(key)) {
                    throw new Failure("unhashable type: '" + Values.typeName(key) + "'");
                }
                map.put(key, e.evaluate(values.get(i)));
            }
            return map;
        };
    }

    /** Attributes, items and calls behind a value. */
    Expression postfix(Expression value) {
        Expression result = value;
        while (true) {
            if (tokens.skipOperator(".")) {
                result = attribute(result);
            } else if (tokens.skipOperator("[")) {
                result = subscript(result);
            } else if (tokens.atOperator("(")) {
                result = call(result);
            } else {
                return result;
            }
        }
    }

    private Expression attribute(Expression object) {
        if (tokens.at(Kind.INTEGER)) {
            Object index = Long.valueOf(tokens.take().text());
            return e -> Attributes.item(e, e.evaluate(object), index);
        }
        String name = tokens.expect(Kind.NAME, "a name").text();
        return e -> Attributes.dot(e.evaluate(object), name);
    }

    private Expression subscript(Expression object) {
        Expression start = tokens.atOperator(":") ? null : expressions.tuple();
        if (tokens.skipOperator("]")) {
            Expression key = start;
            return e -> {
                Object container = e.evaluate(object);
                return Attributes.item(e, container, e.evaluate(key));
            };
        }
        tokens.expectOperator(":");
        Expression stop = tokens.atOperator(":") || tokens.atOperator("]") ? null : expressions.expression();
        Expression step = tokens.skipOperator(":") && !tokens.atOperator("]") ? expressions.expression() : null;
        tokens.expectOperator("]");
        return e -> {
            Object container = e.evaluate(object);
            return Attributes.slice(e, container, optional(e, start), optional(e, stop), optional(e, step));
        };
    }

    private static Object optional(Evaluation e, Expression expression) {
        return expression == null ? null : e.evaluate(expression);
    }

    private Expression call(Expression callee) {
        int line = tokens.peek().line();
        ArgumentList arguments = arguments();
        return e -> {
            Object function = e.evaluate(callee);
            Arguments given = arguments.evaluate(e);
            e.line = line;
            if (function instanceof Undefined) {
                throw ((Undefined) function).failure();
            }
            if (!(function instanceof Callable)) {
                throw new Failure("'" + Values.typeName(function) + "' object is not callable");
            }
            return ((Callable) function).call(e, given);
        };
    }

    /** Parsed arguments of a call, filter or test. */
    private record ArgumentList(List<Expression> positional, Map<String, Expression> named) {
        Arguments evaluate(Evaluation e) {
            List<Object> values = new ArrayList<>(positional.size());
            for (Expression expression : positional) {
                values.add(e.evaluate(expression));
            }
            Map<String, Object> byName = new LinkedHashMap<>();
            for (Map.Entry<String, Expression> entry : named.entrySet()) {
                byName.put(entry.getKey(), e.evaluate(entry.getValue()));
            }
            return new Arguments(values, byName);
        }
    }

    private ArgumentList arguments() {
        tokens.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.atOperator(")")) {
            if (tokens.at(Kind.NAME) && tokens.lookAhead(1).isOperator("=")) {
                String name = tokens.take().text();
                tokens.take();
                named.put(name, expressions.expression());
            } else if (named.isEmpty() && !tokens.atOperator("*") && !tokens.atOperator("**")) {
                positional.add(expressions.expression());
            } else {
                throw tokens.unexpected("a named argument");
            }
            if (!tokens.atOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        tokens.expectOperator(")");
        return new ArgumentList(positional, named);
    }

    /** Filters, tests and calls behind a value. */
    Expression filters(Expression value) {
        Expression result = value;
        while (true) {
            if (tokens.skipOperator("|")) {
                result = filter(result);
            } else if (tokens.skipName("is")) {
                result = test(result);
            } else if (tokens.atOperator("(")) {
                result = call(result);
            } else {
                return result;
            }
        }
    }

    Expression filter(Expression value) {
        Token token = tokens.expect(Kind.NAME, "the name of a filter");
        ArgumentList arguments = tokens.atOperator("(") ? arguments() : new ArgumentList(List.of(), Map.of());
        Filters.Filter filter = Filters.find(token.text());
        return e -> {
            Object input = e.evaluate(value);
            e.line = token.line();
            if (filter == null) {
                throw new Failure("No filter named '" + token.text() + "'.");
            }
            return filter.apply(e, input, arguments.evaluate(e));
        };
    }

    private Expression test(Expression value) {
        boolean negated = tokens.skipName("not");
        Token token = tokens.expect(Kind.NAME, "the name of a test");
        ArgumentList arguments;
        if (tokens.atOperator("(")) {
            arguments = arguments();
        } else if (startsTestArgument()) {
            arguments = new ArgumentList(List.of(postfix(primary())), Map.of());
        } else {
            arguments = new ArgumentList(List.of(), Map.of());
        }
        Tests.Test test = Tests.find(token.text());
        return e -> {
            Object input = e.evaluate(value);
            e.line = token.line();
            if (test == null) {
                throw new Failure("No test named '" + token.text() + "'.");
            }
            return test.holds(e, input, arguments.evaluate(e)) != negated;
        };
    }

    private boolean startsTestArgument() {
        Token token = tokens.peek();
        switch (token.kind()) {
            case STRING:
            case INTEGER:
            case FLOAT:
                return true;
            case NAME:
                return !NOT_A_TEST_ARGUMENT.contains(token.text());
            default:
                return token.isOperator("[") || token.isOperator("{");
        }
    }
}
