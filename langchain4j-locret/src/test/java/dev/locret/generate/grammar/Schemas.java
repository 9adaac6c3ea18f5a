package dev.locret.generate.grammar;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;

/** Schemas such as applications send, each keyword in one of them at least. */
public final class Schemas {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** In apostrophes for quotation marks. */
    public static final List<String> ALL = List.of(
            "{'type':'object','properties':{'name':{'type':'string'},'age':{'type':'integer','minimum':0,'maximum':150}},"
                    + "'required':['name','age'],'additionalProperties':false}",
            "{'type':'object','properties':{'city':{'type':'string','minLength':1,'maxLength':40},"
                    + "'unit':{'enum':['celsius','fahrenheit']},'days':{'type':'integer','minimum':1,'maximum':14}},"
                    + "'required':['city']}",
            "{'type':'object','properties':{'tags':{'type':'array','items':{'type':'string','maxLength':12},'minItems':1,"
                    + "'maxItems':4},'score':{'type':'number','minimum':0,'maximum':1},'ok':{'type':'boolean'}},"
                    + "'required':['tags','score','ok']}",
            "{'type':'object','properties':{'id':{'format':'uuid'},'when':{'format':'date-time'},"
                    + "'day':{'format':'date'},'at':{'format':'time'},'mail':{'format':'email'},'host':{'format':'hostname'},"
                    + "'v4':{'format':'ipv4'},'v6':{'format':'ipv6'},'link':{'format':'uri'},'span':{'format':'duration'}},"
                    + "'required':['id','when','day','at','mail','host','v4','v6','link','span']}",
            "{'$ref':'#/$defs/node','$defs':{'node':{'type':'object','properties':{'value':{'type':'integer'},"
                    + "'children':{'type':'array','items':{'$ref':'#/$defs/node'},'maxItems':3}},'required':['value']}}}",
            "{'type':'object','properties':{'shape':{'anyOf':[{'type':'object','properties':{'kind':{'const':'circle'},"
                    + "'r':{'type':'number','exclusiveMinimum':0}},'required':['kind','r']},{'type':'object',"
                    + "'properties':{'kind':{'const':'square'},'side':{'type':'number','exclusiveMinimum':0}},"
                    + "'required':['kind','side']},{'type':'null'}]}},'required':['shape']}",
            "{'type':'object','properties':{'code':{'pattern':'^[A-Z]{2,4}-\\\\d{3,6}$'},'slug':{'pattern':'^[a-z]+(-[a-z]+)*$',"
                    + "'maxLength':30},'free':{'pattern':'x'}},'required':['code','slug','free']}",
            "{'type':'object','additionalProperties':{'type':'integer','multipleOf':5,'minimum':-100,'maximum':100}}",
            "{'type':'object','properties':{'a':{'type':'null'}},'additionalProperties':{'type':['string','null']}}",
            "{'type':'array','prefixItems':[{'type':'string'},{'type':'integer'}],'items':{'type':'boolean'},'minItems':1}",
            "{'oneOf':[{'type':'string','maxLength':5},{'type':'integer'},{'type':'array','items':{'type':'null'}}]}",
            "{'allOf':[{'type':'object','properties':{'a':{'type':'integer'}},'required':['a']},{'type':'object',"
                    + "'properties':{'b':{'type':'number','minimum':-2.5,'exclusiveMaximum':7.25}},'required':['b']}]}",
            "{'type':'object'}",
            "{}");

    private Schemas() {}

    /** A schema in apostrophes. */
    public static JsonNode parse(String schema) {
        try {
            return JSON.readTree(schema.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
