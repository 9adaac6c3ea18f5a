package dev.locret.text.jinja;

import dev.locret.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses operators in jinja2's order of precedence; {@link PrimaryParser} does what binds tighter. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final Tokens tokens;
    private final PrimaryParser primaries;

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
        this.primaries = new PrimaryParser(tokens, this);
    }

    /** {@code a if b else c}. */
    Expression expression() {
        tokens.enter();
        Expression value = or();
        while (tokens.skipName("if")) {
            Expression then = value;
            Expression condition = or();
            Expression otherwise = tokens.skipName("else")
                    ? expression()
                    : e -> new Undefined("the inline if-expression evaluated to false and no else section was defined");
            value = e -> e.evaluate(Values.truth(e.evaluate(condition)) ? then : otherwise);
        }
        tokens.leave();
        return value;
    }

    /** {@code a} or {@code a, b}: the latter is a tuple. */
    Expression tuple() {
        Expression first = expression();
        if (!tokens.atOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && !endsTuple()) {
            items.add(expression());
        }
        return tupleOf(items);
    }

    private static Expression tupleOf(List<Expression> items) {
        Expression list = listOf(items);
        return e -> {
            @SuppressWarnings("unchecked")
            List<Object> values = (List<Object>) list.evaluate(e);
            return new Tuple(values);
        };
    }

    private boolean endsTuple() {
        return tokens.at(Kind.VARIABLE_END) || tokens.at(Kind.BLOCK_END) || tokens.atOperator(")");
    }

    static Expression listOf(List<Expression> items) {
        return e -> {
            List<Object> values = new ArrayList<>(items.size());
            for (Expression item : items) {
                values.add(e.evaluate(item));
            }
            return values;
        };
    }

    /** Everything but the inline if, which would swallow the {@code if} of a {@code for}. */
    Expression or() {
        Expression left = and();
        while (tokens.skipName("or")) {
            Expression first = left;
            Expression second = and();
            left = e -> {
                Object value = e.evaluate(first);
                return Values.truth(value) ? value : e.evaluate(second);
            };
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.skipName("and")) {
            Expression first = left;
            Expression second = not();
            left = e -> {
                Object value = e.evaluate(first);
                return Values.truth(value) ? e.evaluate(second) : value;
            };
        }
        return left;
    }

    private Expression not() {
        if (!tokens.skipName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression operand = not();
        tokens.leave();
        return e -> !Values.truth(e.evaluate(operand));
    }

    private Expression comparison() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        while (true) {
            if (tokens.at(Kind.OPERATOR) && COMPARISONS.contains(tokens.peek().text())) {
                operators.add(tokens.take().text());
            } else if (tokens.skipName("in")) {
                operators.add("in");
            } else if (tokens.atName("not") && tokens.lookAhead(1).isName("in")) {
                tokens.take();
                tokens.take();
                operators.add("not in");
            } else {
                break;
            }
            operands.add(sum());
        }
        return operators.isEmpty() ? first : chain(first, operators, operands);
    }

    /** {@code a < b < c} means {@code a < b and b < c}. */
    private static Expression chain(Expression first, List<String> operators, List<Expression> operands) {
        return e -> {
            Object left = e.evaluate(first);
            for (int i = 0; i < operators.size(); i++) {
                Object right = e.evaluate(operands.get(i));
                if (!Operators.compare(e, operators.get(i), left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        };
    }

    private Expression sum() {
        Expression left = concatenation();
        while (tokens.atOperator("+") || tokens.atOperator("-")) {
            left = binary(tokens.take().text(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression first = product();
        if (!tokens.atOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return e -> {
            TextBuilder text = new TextBuilder(e.budget);
            for (Expression part : parts) {
                text.append(e.print(e.evaluate(part)));
            }
            return text.build();
        };
    }

    private Expression product() {
        Expression left = power();
        while (tokens.atOperator("*") || tokens.atOperator("/") || tokens.atOperator("//") || tokens.atOperator("%")) {
            left = binary(tokens.take().text(), left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (tokens.skipOperator("**")) {
            left = binary("**", left, unary(true));
        }
        return left;
    }

    private static Expression binary(String operator, Expression left, Expression right) {
        return e -> {
            Object a = e.evaluate(left);
            return Operators.binary(e, operator, a, e.evaluate(right));
        };
    }

    private Expression unary(boolean withFilters) {
        Expression value;
        tokens.enter();
        if (tokens.skipOperator("-")) {
            Expression operand = unary(false);
            value = e -> Operators.negate(e.evaluate(operand));
        } else if (tokens.skipOperator("+")) {
            value = unary(false);
        } else {
            value = primaries.primary();
        }
        value = primaries.postfix(value);
        tokens.leave();
        return withFilters ? primaries.filters(value) : value;
    }
}
