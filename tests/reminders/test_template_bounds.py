"""An office's own template does what a mail needs and no more, however it is written: nothing here may run away."""

from datetime import date
from types import SimpleNamespace

import pytest
from jinja2 import TemplateError

from tracker.reminders.channels.email.bounds import MOST_OUTPUT, TooMuch, in_words, render
from tracker.reminders.channels.email.templates import PARTS, compiled, shipped_source

ITEMS = tuple(SimpleNamespace(number=f"1.{n}", title="新建<学校>", percent=n) for n in range(300))
CONTEXT = {"subject": "【督查督办】", "digest": SimpleNamespace(items=ITEMS, today=date(2026, 3, 10))}


def said(source: str, part: str = "txt", **more: object) -> str:
    return render(compiled(part, source), {**CONTEXT, **more})


@pytest.mark.parametrize("part", PARTS)
def test_the_shipped_templates_are_within_the_bounds(part):
    compiled(part, shipped_source(part))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ digest.items|length }}项，{{ digest.today }}", "300项，2026-03-10"),
        ("{{ (digest.items|first).number ~ '·' ~ subject }}", "1.0·【督查督办】"),
        ("{% set first = digest.items[0] %}{{ first.percent + 1 }}", "1"),
        (
            "{% for i in digest.items|selectattr('percent', 'gt', 297) %}{{ loop.index }}{{ loop.cycle('单', '双') }}{{ i.number }};{% endfor %}",
            "1单1.298;2双1.299;",
        ),
        ("{{ _('共 %(n)s 项')|format(n=3) }}{{ '甲' if 1 in (1, 2) else '乙' }}", "共 3 项甲"),
    ],
)
def test_what_a_mail_needs(source, expected):
    assert said(source) == expected


def test_joined_text_is_escaped_as_jinja_does():
    source = "{{ '<b>' ~ (digest.items|first).title }}{{ digest.items|join(separator, attribute='title') }}"
    html = said(source, "html")
    assert html.startswith("&lt;b&gt;新建&lt;学校&gt;")
    assert html.count("<br>") == 299 and html.count("&lt;学校&gt;") == 301


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}{{ subject }}",
        "{% for a in range(3) %}{% endfor %}",
        "{% for a in [1, 2, 3] %}{% endfor %}",
        "{% for a in subject ~ subject %}{% endfor %}",
        "{% for a in digest.items recursive %}{{ loop(digest.items) }}{% endfor %}",
        "{% for a in digest.items %}" * 5 + "{% endfor %}" * 5,
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% block b %}{{ self.b() }}{% endblock %}",
        "{% set x = subject ~ subject %}",
        "{% set x = [subject] %}",
        "{% set x %}{{ subject }}{% endset %}",
        "{% include 'x' %}",
        "{{ 'x' * 999999999 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'x'|center(999999999) }}",
        "{{ 'x'|replace('x', 'xx') }}",
        "{{ 'x'.ljust(999999999) }}",
        "{{ subject.format() }}",
        "{{ lipsum() }}",
        "{{ digest.items[:3] }}",
        "{{ 1 in digest.items }}",
        "{{ subject|join(*digest.items) }}",
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "{{ " + "9" * 9000 + " }}",
        "{{ " + "1+" * 9000 + "1 }}",
        "{% if 1 %}" * 300 + "{% endif %}" * 300,
        "x" * 100_001,
    ],
)
def test_what_no_mail_needs_is_refused_unread(source):
    with pytest.raises(TemplateError):
        compiled("txt", source)


@pytest.mark.parametrize(
    "source",
    [
        # Each passes the reading; what it does is stopped while it runs.
        "{% for a in digest.items %}{% for b in digest.items %}{% for c in digest.items %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in digest.items %}{% for b in digest.items|sort(attribute='title') %}{{ a }}{% endfor %}{% endfor %}",
        "{% for a in digest.items %}{{ " + " ~ ".join(["long"] * 40) + " }}{% endfor %}",
        "{{ " + " ~ ".join(["(long ~ long ~ long ~ long)"] * 20) + " }}",
        "{{ 'x'|join(long)|join(long) ~ ('ab'|join(long)|join(long)) }}",
        "{{ '" + "%(n)s" * 100 + "'|format(n=long) }}",
        "{{ '%999999999d'|format(1) }}",
        "{{ '%*d'|format(999999999, 1) }}",
        "{{ subject + subject }}",
        "{{ digest }}",
        "{{ digest.items }}",
        "{{ digest ~ digest }}",
        "{{ subject.ljust }}",
        "{{ digest.__class__ }}",
    ],
)
def test_what_grows_too_large_is_stopped(source):
    with pytest.raises(TemplateError) as caught:
        said(source, long="长" * 100_000)
    assert in_words(caught.value)


def test_the_line_is_named_whether_reading_or_running():
    with pytest.raises(TooMuch) as reading:
        compiled("txt", "一\n{% for a in range(3) %}{% endfor %}")
    assert in_words(reading.value).startswith("第2行：循环只能遍历")
    with pytest.raises(TemplateError) as running:
        said("一\n二\n{{ nothing }}")
    assert in_words(running.value).startswith("第3行：用到了不存在的内容")


def test_output_has_a_limit_however_it_comes():
    row = "长" * (MOST_OUTPUT // 200)
    with pytest.raises(TooMuch, match="超过"):
        said("{% for item in digest.items %}{{ row }}{% endfor %}", row=row)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% fro item in items %}", "第1行：写法有误，请检查标签是否写全、成对（fro）。"),
        ("\n{% for %}", "第2行：写法有误，请检查标签是否写全、成对。"),
        ("{{ digest.nothing }}", "第1行：用到了不存在的内容（nothing）。"),
    ],
)
def test_what_is_wrong_is_said_in_chinese(source, words):
    with pytest.raises(TemplateError) as wrong:
        render(compiled("txt", source), {"digest": object()})
    assert in_words(wrong.value) == words
