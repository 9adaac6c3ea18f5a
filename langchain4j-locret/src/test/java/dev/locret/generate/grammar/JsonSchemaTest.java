package dev.locret.generate.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each keyword: what is accepted and what is not. */
class JsonSchemaTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Grammar grammar(String schema) {
        try {
            return Grammar.ofJsonSchema(JSON.readTree(schema.replace('\'', '"')));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static DynamicTest keyword(String schema, List<String> accepted, List<String> rejected) {
        return DynamicTest.dynamicTest(schema, () -> {
            Grammar grammar = grammar(schema);
            assertThat(accepted).allSatisfy(text -> assertThat(Walk.accepts(grammar, text.replace('\'', '"')))
                    .isTrue());
            assertThat(rejected).allSatisfy(text -> assertThat(Walk.accepts(grammar, text.replace('\'', '"')))
                    .isFalse());
        });
    }

    @TestFactory
    List<DynamicTest> types() {
        return List.of(
                keyword("{'type':'null'}", List.of("null"), List.of("0", "'null'")),
                keyword("{'type':'boolean'}", List.of("true", "false"), List.of("1", "null")),
                keyword(
                        "{'type':'integer'}",
                        List.of("0", "-7", "123456789012345678"),
                        List.of("1.5", "01", "-0", "1e3")),
                keyword("{'type':'number'}", List.of("0", "-1.5", "1e10"), List.of("'1'", "1.", ".5")),
                keyword("{'type':'string'}", List.of("''", "'a\\n'"), List.of("a", "1")),
                keyword("{'type':'array'}", List.of("[]", "[1,'a']"), List.of("{}")),
                keyword("{'type':'object'}", List.of("{}", "{'a':{}}"), List.of("[]")),
                keyword("{'type':['string','null']}", List.of("'a'", "null"), List.of("1")),
                keyword("{}", List.of("1", "{}", "[]", "''"), List.of("")),
                keyword("true", List.of("1", "null"), List.of("x")),
                keyword("{'title':'t','description':'d','default':1,'type':'null'}", List.of("null"), List.of("1")));
    }

    @TestFactory
    List<DynamicTest> values() {
        return List.of(
                keyword(
                        "{'enum':['a',1,null,[1,'b'],{'c':2}]}",
                        List.of("'a'", "1", "null", "[1,'b']", "{'c':2}"),
                        List.of("'b'", "11")),
                keyword("{'const':'x\"y'}".replace("\"", "\\\""), List.of("'x\\'y'"), List.of("'xy'")),
                keyword("{'type':'string','enum':['a',1]}", List.of("'a'"), List.of("1")),
                keyword("{'enum':['a','abc'],'minLength':2}", List.of("'abc'"), List.of("'a'")),
                keyword("{'type':'integer','enum':[1,2.0,2.5]}", List.of("1", "2.0"), List.of("2.5")),
                keyword("{'enum':['é','😀','\\u0001']}", List.of("'é'", "'😀'", "'\\u0001'"), List.of("'e'")));
    }

    @TestFactory
    List<DynamicTest> objects() {
        return List.of(
                keyword(
                        "{'type':'object','properties':{'a':{'type':'null'},'b':{'type':'null'},'c':{'type':'null'}},'required':['b']}",
                        List.of(
                                "{'b':null}",
                                "{'a':null,'b':null}",
                                "{'b': null, 'c': null}",
                                "{'a':null,'b':null,'c':null}"),
                        List.of(
                                "{}",
                                "{'a':null}",
                                "{'b':null,'a':null}",
                                "{'b':null,'d':1}",
                                "{,'b':null}",
                                "{'b':null,}")),
                keyword("{'properties':{'a':{'type':'null'}}}", List.of("{}", "{'a':null}"), List.of("{'b':1}", "1")),
                keyword(
                        "{'properties':{'a':{'type':'null'}},'additionalProperties':{'type':'integer'}}",
                        List.of("{}", "{'a':null,'b':1}", "{'b':1,'aa':2}", "{'':1}", "{'\\n':1}"),
                        List.of("{'a':1}", "{'b':'x'}", "{'b':1,'a':null}", "{'\\u0061':1}")),
                keyword(
                        "{'additionalProperties':{'type':'integer'}}",
                        List.of("{}", "{'a':1,'b':2}"),
                        List.of("{'a':''}")),
                keyword("{'type':'object','additionalProperties':false}", List.of("{}"), List.of("{'a':1}")),
                keyword("{'properties':{'a':false,'b':true}}", List.of("{}", "{'b':1}"), List.of("{'a':1}")),
                keyword("{'required':['x']}", List.of("{'x':1}"), List.of("{}")),
                keyword(
                        "{'type':'object','minProperties':1,'maxProperties':2}",
                        List.of("{'a':1}", "{'a':1,'b':2}"),
                        List.of("{}", "{'a':1,'b':2,'c':3}")),
                keyword(
                        "{'minProperties':1,'properties':{'a':{},'b':{}}}",
                        List.of("{'a':1}", "{'b':1}"),
                        List.of("{}")),
                keyword(
                        "{'properties':{'o':{'properties':{'p':{'type':'null'}},'required':['p']}},'required':['o']}",
                        List.of("{'o':{'p':null}}"),
                        List.of("{'o':{}}")));
    }

    @TestFactory
    List<DynamicTest> arrays() {
        return List.of(
                keyword("{'items':{'type':'integer'}}", List.of("[]", "[1]", "[1, 2]"), List.of("['a']", "[1,]")),
                keyword(
                        "{'items':{'type':'null'},'minItems':2,'maxItems':3}",
                        List.of("[null,null]", "[null,null,null]"),
                        List.of("[]", "[null]", "[null,null,null,null]")),
                keyword("{'type':'array','maxItems':0}", List.of("[]"), List.of("[1]")),
                keyword(
                        "{'prefixItems':[{'type':'null'},{'type':'integer'}],'items':false}",
                        List.of("[]", "[null]", "[null,1]"),
                        List.of("[1]", "[null,1,1]")),
                keyword(
                        "{'prefixItems':[{'type':'null'},{'type':'integer'}],'items':{'type':'string'},'minItems':2,'maxItems':3}",
                        List.of("[null,1]", "[null,1,'a']"),
                        List.of("[null]", "[null,1,2]", "[null,1,'a','b']")),
                keyword(
                        "{'items':[{'type':'null'}],'additionalItems':false}",
                        List.of("[]", "[null]"),
                        List.of("[null,null]")),
                keyword("{'type':'array','uniqueItems':true,'maxItems':1}", List.of("[]", "[1]"), List.of("[1,1]")));
    }

    @TestFactory
    List<DynamicTest> strings() {
        return List.of(
                keyword(
                        "{'minLength':2,'maxLength':3}",
                        List.of("'ab'", "'é😀'", "'\\u00e9\\ud83d\\ude00\\n'"),
                        List.of("'a'", "'abcd'")),
                keyword("{'pattern':'^a+b$'}", List.of("'aab'"), List.of("'b'", "'xab'", "'abx'")),
                keyword("{'pattern':'b'}", List.of("'b'", "'abc'"), List.of("'ac'")),
                keyword("{'pattern':'^$|^x'}", List.of("''", "'xy'"), List.of("'y'")),
                keyword("{'pattern':'^\\\\d{2}-[A-F]?$'}", List.of("'12-'", "'12-A'"), List.of("'1-'", "'12-G'")),
                keyword("{'pattern':'^[^a-c]$'}", List.of("'d'", "'\\n'", "'\\\\'", "'€'"), List.of("'a'", "'dd'")),
                keyword("{'pattern':'^\\\\p{Lu}$'}", List.of("'A'", "'Ä'"), List.of("'a'")),
                keyword(
                        "{'pattern':'a','minLength':2,'maxLength':2}",
                        List.of("'xa'", "'ay'"),
                        List.of("'a'", "'xx'", "'xxa'")),
                keyword(
                        "{'pattern':'^[\\\\ud83d\\\\ude00\\\\x41\\\\u{42}]$'}",
                        List.of("'😀'", "'A'", "'B'"),
                        List.of("'C'")),
                keyword("{'pattern':'^(?<year>\\\\d+)[\\\\w-.]$'}", List.of("'1-'", "'12a'"), List.of("'a-'", "'1!'")),
                keyword("{'pattern':'^(ab|cd)*?(?:e)$'}", List.of("'e'", "'abcde'"), List.of("'ae'")),
                keyword(
                        "{'format':'date'}",
                        List.of("'2024-02-29'", "'2026-11-30'"),
                        List.of("'2023-02-29'", "'2026-11-31'", "'2026-13-01'", "'1900-02-29'")),
                keyword(
                        "{'format':'time'}",
                        List.of("'23:59:59Z'", "'00:00:00.5+02:00'"),
                        List.of("'24:00:00Z'", "'00:00:00'")),
                keyword(
                        "{'format':'date-time'}",
                        List.of("'2026-11-25T10:00:00Z'"),
                        List.of("'2026-11-25'", "'2026-11-25 10:00:00Z'")),
                keyword("{'format':'uuid'}", List.of("'123e4567-e89b-12d3-a456-426614174000'"), List.of("'123e4567'")),
                keyword("{'format':'email'}", List.of("'a.b@c.org'"), List.of("'a@'", "'@b.c'", "'a b@c.de'")),
                keyword("{'format':'ipv4'}", List.of("'127.0.0.1'"), List.of("'256.0.0.1'", "'01.0.0.1'")),
                keyword(
                        "{'format':'ipv6'}",
                        List.of("'::'", "'::1'", "'1:2:3:4:5:6:7:8'", "'1::8'"),
                        List.of("':::'", "'1:2'", "'1:2:3:4:5:6:7:8:9'")),
                keyword("{'format':'hostname'}", List.of("'a-b.example.com'"), List.of("'-a'", "'a-'", "'a..b'")),
                keyword("{'format':'uri'}", List.of("'https://a.example/b?c=d#e'"), List.of("'a b'", "'//x'")),
                keyword(
                        "{'format':'duration'}",
                        List.of("'P1DT2H'", "'PT5M'", "'P3W'"),
                        List.of("'P'", "'PT'", "'1D'")));
    }

    @TestFactory
    List<DynamicTest> numbers() {
        return List.of(
                keyword(
                        "{'type':'integer','minimum':-3,'maximum':12}",
                        List.of("-3", "0", "9", "10", "12"),
                        List.of("-4", "13", "100", "-0")),
                keyword(
                        "{'type':'integer','exclusiveMinimum':0,'exclusiveMaximum':1000}",
                        List.of("1", "999"),
                        List.of("0", "1000")),
                keyword("{'type':'integer','minimum':1.5,'maximum':3.5}", List.of("2", "3"), List.of("1", "4")),
                keyword(
                        "{'type':'integer','minimum':100000000000000000000}",
                        List.of("100000000000000000000"),
                        List.of("99999999999999999999")),
                keyword(
                        "{'type':'integer','format':'int32'}",
                        List.of("2147483647", "-2147483648"),
                        List.of("2147483648", "-2147483649")),
                keyword(
                        "{'minimum':0.5,'maximum':3.25}",
                        List.of("0.5", "0.50", "1", "3.25", "3.2", "3.24999", "3"),
                        List.of("0.4", "0", "3.26", "4", "0.49", "1e0")),
                keyword(
                        "{'exclusiveMinimum':0.5,'exclusiveMaximum':0.75}",
                        List.of("0.51", "0.7", "0.501"),
                        List.of("0.5", "0.50", "0.75", "0.750", "1")),
                keyword(
                        "{'minimum':-1.5,'maximum':-0.5}",
                        List.of("-1.5", "-1", "-0.5", "-0.75"),
                        List.of("-1.6", "-0.4", "0", "1")),
                keyword(
                        "{'type':'number','minimum':0,'exclusiveMinimum':true}",
                        List.of("0.1", "1"),
                        List.of("0", "0.0", "-1")),
                keyword("{'minimum':-2}", List.of("-2", "-1.999", "0", "12345.678"), List.of("-2.001", "-3")),
                keyword(
                        "{'type':'integer','multipleOf':5,'minimum':-10,'maximum':20}",
                        List.of("-10", "0", "5", "20"),
                        List.of("3", "25")),
                keyword("{'type':'number','multipleOf':0.01}", List.of("1.25", "3", "0.1"), List.of("1.255")));
    }

    @TestFactory
    List<DynamicTest> combinations() {
        return List.of(
                keyword("{'anyOf':[{'type':'null'},{'type':'integer'}]}", List.of("null", "1"), List.of("'a'")),
                keyword(
                        "{'type':'object','properties':{'a':{'type':'null'},'b':{'type':'null'}},'anyOf':[{'required':['a']},{'required':['b']}]}",
                        List.of("{'a':null}", "{'b':null}", "{'a':null,'b':null}"),
                        List.of("{}")),
                keyword("{'oneOf':[{'enum':[1,2]},{'const':3}]}", List.of("1", "3"), List.of("4")),
                keyword("{'oneOf':[{'type':'null'},{'type':'string'}]}", List.of("null", "'a'"), List.of("1")),
                keyword(
                        "{'oneOf':[{'type':'object','properties':{'k':{'const':'x'},'v':{'type':'null'}},'required':['k','v']},{'type':'object','properties':{'k':{'const':'y'}},'required':['k']}]}",
                        List.of("{'k':'x','v':null}", "{'k':'y'}"),
                        List.of("{'k':'x'}", "{'k':'z'}")),
                keyword(
                        "{'allOf':[{'type':'object','properties':{'a':{'type':'null'}},'required':['a']},{'type':'object','properties':{'b':{'type':'null'}},'required':['b']}]}",
                        List.of("{'a':null,'b':null}"),
                        List.of("{'a':null}")),
                keyword(
                        "{'allOf':[{'minimum':1},{'minimum':3,'maximum':9},{'type':'integer'}]}",
                        List.of("3", "9"),
                        List.of("2", "3.5")),
                keyword(
                        "{'$ref':'#/$defs/tree','$defs':{'tree':{'type':'object','properties':{'v':{'type':'integer'},'c':{'type':'array','items':{'$ref':'#/$defs/tree'}}},'required':['v']}}}",
                        List.of("{'v':1}", "{'v':1,'c':[{'v':2,'c':[]},{'v':3}]}"),
                        List.of("{}", "{'v':1,'c':[{}]}")),
                keyword(
                        "{'properties':{'n':{'$ref':'#/definitions/pos','description':'d'}},'required':['n'],'definitions':{'pos':{'type':'integer','minimum':1}}}",
                        List.of("{'n':1}"),
                        List.of("{'n':0}")),
                keyword(
                        "{'properties':{'a/b':{'$ref':'#/properties/c~1d'},'c/d':{'type':'null'}}}",
                        List.of("{'a/b':null}"),
                        List.of("{'a/b':1}")),
                keyword(
                        "{'anyOf':[{'type':'null'},{'items':{'$ref':'#'}}]}",
                        List.of("null", "[[null],[]]"),
                        List.of("[1]")));
    }
}
