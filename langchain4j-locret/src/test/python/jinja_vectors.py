"""Writes src/test/resources/chat-templates/snippets.json: small templates and what jinja2 makes of them in Hugging
Face's configuration (transformers' chat templates: trim_blocks, lstrip_blocks, loop controls, its own tojson).

    python3 -m venv /tmp/vectors && /tmp/vectors/bin/pip install jinja2==3.1.6
    /tmp/vectors/bin/python jinja_vectors.py > ../resources/chat-templates/snippets.json
"""

import json

import jinja2
import jinja2.ext
import jinja2.nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

CONTEXT = {
    "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True, "n": 7, "x": 2.5, "yes": True, "nil": None,
    "text": "  Hello, Wörld! 😀 it's \"fine\" <b> & \\ \n second line\t ", "empty": "", "word": "straße",
    "list": [3, 1, 2, 3], "names": ["beta", "Alpha", "gamma"], "nested": [[1, 2], [3, 4]],
    "map": {"a": 1, "b": [True, None, 1.5], "c d": {"é": "ü"}}, "nothing": [], "blank": {},
    "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "<think>a\nb</think>\n\nYo"},
                 {"role": "user", "content": [{"type": "text", "text": "part"}, {"type": "image"}]}],
    "people": [{"name": "Zoe", "age": 3, "ok": True}, {"name": "adam", "age": 9, "ok": False}, {"name": "Mia", "age": 3}],
}

SNIPPETS = r"""
{{ 1 + 2 * 3 - 4 // 3 }}|{{ 7 / 2 }}|{{ -7 // 2 }}|{{ -7 % 3 }}|{{ 2 ** 10 }}|{{ 2 ** -1 }}|{{ 7.0 // 2 }}|{{ 5 % 2.5 }}
{{ 1e16 }} {{ 1e15 }} {{ 1.0 }} {{ 0.1 + 0.2 }} {{ 1e-5 }} {{ 123456789.125 }} {{ 1_000 }} {{ 0x1F }} {{ 0b101 }} {{ 0o17 }}
{{ n }} {{ x }} {{ yes }} {{ nil }} {{ list }} {{ map }} {{ nested }} {{ text }} {{ missing }} {{ blank }} {{ nothing }}
{{ n ~ x ~ yes ~ nil ~ list ~ missing }}
{{ 'a' 'b' "c" }} {{ 'tab\tnl\nq\'d\"\\ \x41 \u00e9 \U0001F600 \q' }}
{{ (1, 2) | list }} {{ [1, 2, 3][1:] }} {{ [1, 2, 3][::-1] }} {{ 'straße😀x'[::-1] }} {{ 'abcdef'[1:-1] }} {{ 'abcdef'[-3:] }} {{ 'abcdef'[::2] }} {{ list[-1] }} {{ list[10] }} {{ 'äbc'[0] }}
{{ not yes }} {{ yes and n }} {{ nil or 'x' }} {{ not nil and not empty }} {{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' < 'b' }} {{ [1, 2] < [1, 3] }}
{{ 1 in list }} {{ 9 not in list }} {{ 'ell' in text }} {{ 'a' in map }} {{ 'z' in map }} {{ none in [none] }}
{{ 'a' if yes }}|{{ 'a' if nil }}|{{ 'a' if nil else 'b' }}|{{ 'a' if nil else 'b' if nil else 'c' }}
{{ text | trim }}|{{ text | trim | length }}|{{ text | upper }}|{{ text | lower }}|{{ text | title }}|{{ text | capitalize }}|{{ word | upper }}
{{ text | replace('l', 'L') }}|{{ text | replace('l', 'L', 2) }}|{{ 'aaa' | replace('a', 'bb') }}|{{ 'abc'.replace('', '-') }}
{{ text | tojson }}|{{ map | tojson }}|{{ map | tojson(indent=2) }}|{{ nothing | tojson(indent=4) }}|{{ blank | tojson }}|{{ x | tojson }}|{{ nil | tojson }}|{{ yes | tojson }}|{{ "\u0001\u007f\u2028" | tojson }}
{{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }}|{{ {'b': [1, 2], 'a': 2} | tojson(separators=(',', ':')) }}|{{ map | tojson(ensure_ascii=False, indent=1) }}
{{ list | sort }}|{{ names | sort }}|{{ names | sort(reverse=true) }}|{{ names | sort(case_sensitive=true) }}|{{ people | sort(attribute='age') | map(attribute='name') | join(',') }}
{{ list | unique | list }}|{{ names | first }}|{{ names | last }}|{{ nothing | first }}|{{ list | sum }}|{{ list | min }}|{{ list | max }}|{{ names | max }}|{{ people | sum(attribute='age') }}
{{ list | join }}|{{ list | join('-') }}|{{ people | join(', ', attribute='name') }}|{{ 'abc' | join('.') }}|{{ map | join(',') }}
{{ list | reverse | list }}|{{ 'abc' | reverse }}|{{ map | list }}|{{ 'abc' | list }}|{{ map | length }}|{{ text | length }}|{{ '😀' | length }}
{{ list | select('odd') | list }}|{{ list | reject('equalto', 3) | list }}|{{ people | selectattr('ok') | map(attribute='name') | list }}|{{ people | selectattr('age', 'gt', 3) | list | length }}|{{ people | rejectattr('ok', 'defined') | map(attribute='name') | list }}
{{ names | map('upper') | list }}|{{ people | map(attribute='ok', default='?') | list }}|{{ list | map('string') | join('') }}|{{ names | select('in', ['beta']) | list }}
{{ missing | default('d') }}|{{ empty | default('d') }}|{{ empty | default('d', true) }}|{{ nil | default('d') }}|{{ nil | d('e', boolean=true) }}
{{ '3' | int + 1 }}|{{ 'x' | int }}|{{ '3.9' | int }}|{{ 3.9 | int }}|{{ '2.5' | float }}|{{ 'z' | float(1.5) }}|{{ 2.675 | round(2) }}|{{ 2.5 | round }}|{{ 3.2 | round(0, 'ceil') }}|{{ -3 | abs }}|{{ 'ff' | int(0, 16) }}
{{ map | items | list }}|{{ map | dictsort }}|{{ {'B': 2, 'a': 1} | dictsort }}|{{ {'x': 2, 'y': 1} | dictsort(by='value') }}
{{ '<a href="x">\'&' | escape }}|{{ '<b>' | e }}|{{ '<b>' | safe }}
{{ "a\nb\n\nc" | indent }}|{{ "a\nb\n\nc" | indent(2, true) }}|{{ "a\n\nb" | indent(2, blank=true) }}|{{ "a\nb" | indent('> ') }}
{{ 'a b  c' | wordcount }}|{{ 5 | string + '5' }}|{{ true | string }}|{{ none | string }}|{{ [1, 'x'] | string }}
{{ text.strip() }}|{{ text.lstrip() }}|{{ text.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ 'abcba'.lstrip('ab') }}|{{ '\n\na\n'.rstrip('\n') }}
{{ 'a,b,,c'.split(',') }}|{{ ' a  b '.split() }}|{{ 'a-b-c'.split('-', 1) }}|{{ 'a-b-c'.rsplit('-', 1) }}|{{ ' a b c '.split(None, 1) }}|{{ 'a\nb\r\nc\n'.splitlines() }}|{{ 'a\nb'.splitlines(true) }}|{{ 'k=v=w'.partition('=') | list }}|{{ 'k=v=w'.rpartition('=') | list }}
{{ 'abc'.startswith('ab') }}|{{ 'abc'.endswith(('x', 'bc')) }}|{{ 'abc'.find('c') }}|{{ 'abc'.find('z') }}|{{ '😀c'.find('c') }}|{{ 'abcabc'.rfind('b') }}|{{ 'aXbXc'.count('X') }}|{{ 'abc'.index('b') }}
{{ 'hello world'.title() }}|{{ 'hELLO'.capitalize() }}|{{ 'abc'.upper() }}|{{ 'ABC'.lower() }}|{{ '-'.join(['a', 'b']) }}|{{ 'pre-x'.removeprefix('pre-') }}|{{ 'x.py'.removesuffix('.py') }}|{{ '12'.isdigit() }}|{{ 'ab'.isalpha() }}|{{ 'a1'.isalnum() }}|{{ ' '.isspace() }}|{{ 'AB'.isupper() }}|{{ 'Ab'.islower() }}
{{ map.items() | list }}|{{ map.keys() | list }}|{{ map.values() | list }}|{{ map.get('a') }}|{{ map.get('q') }}|{{ map.get('q', 5) }}|{{ map.a }}|{{ map['c d'].é }}|{{ map.zz }}|{{ list.index(2) }}|{{ list.count(3) }}
{{ x is defined }} {{ zz is defined }} {{ zz is undefined }} {{ nil is none }} {{ text is string }} {{ map is mapping }} {{ list is sequence }} {{ text is iterable }} {{ n is iterable }} {{ n is number }} {{ x is float }} {{ n is integer }} {{ yes is boolean }} {{ yes is true }} {{ n is odd }} {{ n is even }} {{ n is divisibleby 7 }} {{ n is divisibleby(2) }} {{ 'a' is eq 'a' }} {{ n is gt 3 }} {{ n is not none }} {{ nil is sameas none }} {{ 'A' is upper }} {{ 'a' is lower }} {{ 1 is in [1, 2] }} {{ zz is iterable }} {{ yes is integer }} {{ yes is number }} {{ map is iterable }} {{ nil is iterable }} {{ range is callable }}
{% for i in range(3) %}{{ i }}{% endfor %}|{% for i in range(1, 10, 3) %}{{ i }},{% endfor %}|{% for i in range(5, 0, -2) %}{{ i }},{% endfor %}|{% for i in [] %}x{% else %}none{% endfor %}
{% for m in messages %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.previtem is defined }}{{ loop.nextitem.role if loop.nextitem is defined }}{{ loop.cycle('a', 'b') }};{% endfor %}
{% for k, v in map.items() %}{{ k }}={{ v }};{% endfor %}|{% for a, b in nested %}{{ a + b }}{% endfor %}|{% for k in map %}{{ k }}{% endfor %}|{% for c in 'ä😀' %}[{{ c }}]{% endfor %}
{% for p in people if p.age == 3 %}{{ loop.index }}{{ p.name }}{% if not loop.last %}, {% endif %}{% endfor %}
{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% for i in range(2) %}{% for j in range(2) %}{{ loop.depth }}{{ i }}{{ j }} {% endfor %}{% endfor %}
{% set a = 1 %}{% for i in range(2) %}{{ a }}{% set a = 9 %}{{ a }}{% endfor %}{{ a }}
{% if true %}{% set b = 5 %}{% endif %}{{ b }}|{% set c, d = 1, 2 %}{{ c }}{{ d }}|{% set e %}cap{{ n }}{% endset %}{{ e }}{{ e | length }}
{% set ns = namespace(found=false, total=0) %}{% for i in list %}{% set ns.total = ns.total + i %}{% if i == 2 %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.total }}{{ ns.found }}{{ ns.nope is defined }}
{% macro m(a, b=2, c='x') %}<{{ a }}{{ b }}{{ c }}>{% endmacro %}{{ m(1) }}{{ m(1, c='y') }}{{ m(1, 2, 3) }}{% set r = m(5) %}{{ r | length }}
{% macro f(k) %}{% if k > 0 %}{{ k }}{{ f(k - 1) }}{% endif %}{% endmacro %}{{ f(5) }}
{% macro wrap() %}[{{ caller() }}]{% endmacro %}{% call wrap() %}in{{ n }}{% endcall %}|{% macro w2() %}{{ caller(3) }}{% endmacro %}{% call(v) w2() %}v{{ v }}{% endcall %}
{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}|{% filter upper %}abc{{ word }}{% endfilter %}|{% filter trim | upper %} x {% endfilter %}
{% raw %}{{ not }} {% evaluated %}{% endraw %}|{%- raw -%}  a {% endraw -%}  b
a {%- if true %} b {% endif -%} c {# comment #} d {#- e -#} f
  {%+ if true %} keep {% endif +%}
x {{- ' a ' -}} y {{ 'b' }} z
{% if nil %}a{% elif n > 5 %}b{% elif true %}c{% else %}d{% endif %}|{% if missing %}a{% else %}b{% endif %}
{{ {'a': {'b': [1, {'c': 2}]}}.a.b[1].c }}|{{ {'a': 1}['a'] }}|{{ {1: 'x'}[1] }}|{{ {} }}|{{ {'k': none}.k }}
{{ [1, 2] + [3] }}|{{ [0] * 3 }}|{{ 'ab' * 2 }}|{{ '-' * 5 }}|{{ 3 * 'x' }}|{{ +5 }}|{{ -x }}|{{ - 5 + 3 }}
{{ messages[1].content.split('</think>')[-1].lstrip('\n') }}|{{ messages[1]['content'].split('</think>')[0].split('<think>')[-1] }}|{{ messages[2].content[0].text }}|{{ messages[-1]['role'] }}
{{ messages | map(attribute='role') | list }}|{{ messages | selectattr('role', 'equalto', 'user') | list | length }}|{{ messages | map(attribute='content') | first }}|{{ messages[0] | tojson }}
{{ messages | length - 1 }}|{{ (messages | length) % 2 == 1 }}|{{ messages[:2] | length }}|{{ messages[1:] | first | items | list | length }}
{{ strftime_now('%d %b %Y') }}|{{ strftime_now('%Y-%m-%d') }}|{{ strftime_now('%A %B %-d, %H:%M') }}
{{ dict(a=1, b=2) }}|{{ dict({'x': 1}, y=2) }}|{{ range(4) | list }}
{{ yes | tojson }}{{ 'é' | tojson }}{{ 1.5e300 | tojson }}{{ 100000000000000000 | tojson }}
{{ "it's" }} {{ ["it's"] }} {{ ['say "hi"'] }} {{ ["both ' and \""] }} {{ ['\n\t\\'] }} {{ ['é😀'] }}
{{ raise_exception('Conversation roles must alternate!') }}
{% if messages[0].role == 'user' %}{{ raise_exception('System role not supported: ' + messages[0].content) }}{% endif %}
{{ missing.attribute }}
{{ missing['x'] }}
{{ missing + 'a' }}
{{ missing() }}
{{ n() }}
{{ 'a' + 1 }}
{{ 1 + 'a' }}
{{ map.zz.yy }}
{{ nil.x.y }}
{% for i in n %}{% endfor %}
{% for i in nil %}{% endfor %}
{{ n | nofilter }}
{{ n is notest }}
{% if false %}{{ n | nofilter }}{% endif %}ok
{{ 1 / 0 }}
{{ list | join(', ' }}
{% if %}x{% endif %}
{% for x %}{% endfor %}
{{ 'unclosed }}
{% endif %}
{% unknown %}
{{ }}
{{ a b }}
{% set 1 = 2 %}
{% if true %}never closed
{{ [1, 2 }}
{% set map.a = 5 %}{{ map.a }}
{{ map.update({'a': 2}) }}
{{ list.append(4) }}
{{ ''.__class__.__mro__ }}
{% generation %}assistant{% endgeneration %}
{{ messages[0].content is string and messages[2].content is not string }}
{{ not messages[0].content is string }}|{{ not n == 7 }}|{{ not 'a' in 'abc' }}|{{ -n | abs }}|{{ (-n) | abs }}
{{ 2 + 3 | string }}
{{ n if n is defined else 0 }}|{{ 'x' ~ 'y' | upper }}|{{ ('x' ~ 'y') | upper }}|{{ 1 ~ 2 }}
{{ 1 ~ 2 + 3 }}
{{ list[0] }}{{ list [1] }}{{ list.0 }}|{{ map . a }}|{{ map['a'] + list[1] * 2 }}
"""

MULTILINE = [
    "  {% if true %}\n  x\n  {% endif %}\n y\n  {%+ if true %} keep {% endif +%}\n next",
    "{%- for m in messages -%}\n    {{- m.role -}}\n    {%- if not loop.last %} | {% endif -%}\n{%- endfor -%}\n  end",
    "{#- header -#}\n{% set x = 1 -%}\n   {{ x }}\n",
    "{% for m in messages %}\n    {% if m.role == 'user' %}\n        U\n    {% else %}\n        A\n    {% endif %}\n{% endfor %}\nend\n",
    "{%- if true -%}\n\n  a\n\n{%- endif %}\n\n\nb\n\n",
    "line1\r\nline2\r{{ n }}\r\n",
    "  {# c #}\n  text {# d #}\n{# e -#}\n\n  x",
    "\n{% raw %}\n  {{ x }}\n{% endraw %}\n\ny\n",
    "{{ n }}\n{{ n -}}\n\n{{ n }}\n",
    "a\n  {%- set q = 1 %}\nb\n  {% set q = 2 -%}\n  c\n\t{% set q = 3 %}\t\nd",
    "{% macro a() %}\n  in\n{% endmacro %}\n[{{ a() }}]\n",
    "{{ {'a': {'b': 1}} }}{{ {'a': {'b': {}}}}}",
    "x\n\n{{ 1\n+\n2 }}\n{% if\n  yes\n%}\nY\n{% endif %}\n",
    "{{ 'a\nb' }}|{{ 'a\\\nb' }}",
    "line\nline {{ nil.x.y }}",
    "one\n{% for m in messages %}\n{{ raise_exception('third line') }}\n{% endfor %}",
    "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] | string + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] | trim + eos_token }}{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}",
]


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_generation"), [], [], body).set_lineno(line)

    def _generation(self, caller):
        return caller()


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def strftime_now(pattern):
        import datetime
        return datetime.datetime(2024, 7, 6, 9, 5, 3).strftime(pattern)

    env = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = strftime_now
    return env


def main():
    env = environment()
    cases = []
    for source in [s for s in SNIPPETS.strip("\n").split("\n") if s] + MULTILINE:
        case = {"template": source}
        try:
            case["rendered"] = env.from_string(source).render(**json.loads(json.dumps(CONTEXT)))
        except Exception as e:
            case["error"] = str(e)
            case["kind"] = type(e).__name__
        cases.append(case)
    print(json.dumps({"context": CONTEXT, "cases": cases}, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
