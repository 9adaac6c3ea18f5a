package dev.locret.generate.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GrammarCacheTest {
    @Test
    void theGrammarsUsedLastAreKept() {
        GrammarCache cache = new GrammarCache(2);
        Grammar first = cache.ofJsonSchema(Schemas.parse("{'type':'null'}"));
        Grammar second = cache.ofJsonSchema(Schemas.parse("{'type':'integer'}"));
        assertThat(cache.ofJsonSchema(Schemas.parse("{'type':'null'}"))).isSameAs(first);
        cache.ofJsonSchema(Schemas.parse("{'type':'string'}"));
        assertThat(cache.ofJsonSchema(Schemas.parse("{'type':'null'}"))).isSameAs(first);
        assertThat(cache.ofJsonSchema(Schemas.parse("{'type':'integer'}"))).isNotSameAs(second);
    }

    @Test
    void theOrderOfMembersCounts() {
        GrammarCache cache = new GrammarCache(4);
        Grammar ab = cache.ofJsonSchema(Schemas.parse("{'properties':{'a':{},'b':{}},'required':['a','b']}"));
        Grammar ba = cache.ofJsonSchema(Schemas.parse("{'properties':{'b':{},'a':{}},'required':['a','b']}"));
        assertThat(Walk.accepts(ab, "{\"a\":1,\"b\":2}")).isTrue();
        assertThat(Walk.accepts(ba, "{\"a\":1,\"b\":2}")).isFalse();
    }
}
