"""The office's own template is looked at on each message: a reader sees every matter, and nothing runs or loads."""

import html

import pytest

from tests.reminders.mails import read
from tests.reminders.scene import State, overdue, plan, send, unit
from tests.reminders.test_mail_parts import own
from tracker.models import Measure

pytestmark = pytest.mark.django_db

EACH = "{% for group in digest.groups %}{% for item in group.items %}BODY{% endfor %}{% endfor %}"
LINKED = EACH.replace("BODY", '<a href="{{ item.url }}">{{ item.title }}</a>')


@pytest.mark.parametrize(
    ("part", "source", "words"),
    [
        ("html", LINKED.replace("<a", "{% if loop.index<10 %}<a").replace("a>", "a>{% endif %}"), "等7项"),
        ("txt", EACH.replace("BODY", "{% if loop.index<10 %}{{ item.title }}{% endif %}"), "等7项"),
        (
            "html",
            EACH.replace(
                "BODY", '{% if loop.index<10 %}<a href="{{ item.url }}">办</a>{% endif %}{{ item.title }}'
            ),
            "没有链接",
        ),
        ("html", "<!-- " + EACH.replace("BODY", "{{ item.title }}") + " --><p>请办理</p>", "等16项"),
        ("html", '<p>请办理</p><div style="DISPLAY : none">' + LINKED + "</div>", "等16项"),
        ("html", "<p>请办理</p><p hidden>" + LINKED + "</p>", "等16项"),
        ("html", "<p>请办理</p><style>p{display:none}</style>" + LINKED, "不能隐藏"),
        ("html", LINKED.replace("item.title", "item.title|safe"), "safe"),
        ("html", LINKED + "<script>fetch('x')</script>", "script"),
        ("html", LINKED + '<img src="https://elsewhere.example/x.png">', "外部加载"),
        ("html", LINKED + '<p style="background:url(//elsewhere.example/x)">x</p>', "外部加载"),
        ("html", LINKED + '<!--[if mso]><img src="http://elsewhere.example/x"><![endif]-->', "外部加载"),
        ("html", LINKED + '<p onclick="x()">x</p>', "onclick"),
        ("html", LINKED + '<a href="javascript:x()">x</a>', "javascript"),
    ],
)
def test_each_message_names_every_matter_or_goes_out_as_shipped(mailoutbox, part, source, words):
    """The template is looked at on the very message: what holds for nine matters need not for sixteen."""
    template = own(part, source)
    lead = unit("市教育局", "a@x.example")
    for number in range(16):
        overdue(lead, f"第{number}项<b>")
    plan()
    assert send().count(State.SENT) == 1
    mail = read(mailoutbox[0])
    for kind in ("plain", "html"):
        body = html.unescape(mail.get_body((kind,)).get_content())
        for measure in Measure.objects.all():
            assert measure.title in body
            assert f"/measure/{measure.pk}/change/" in body
    template.refresh_from_db()
    assert template.broken_at is not None and words in template.error


@pytest.mark.parametrize(
    "source",
    [
        LINKED,
        EACH.replace("BODY", "{{ item.title }}")
        + '<img src="cid:logo"><!-- 附注 --><p style="line-height:0">x</p>',
    ],
)
def test_a_template_that_says_everything_is_kept(mailoutbox, source):
    template = own("html", source)
    lead = unit("市教育局", "a@x.example")
    for number in range(16):
        overdue(lead, f"第{number}项<b>")
    plan()
    send()
    assert "<table" not in read(mailoutbox[0]).get_body(("html",)).get_content()
    template.refresh_from_db()
    assert (template.broken_at, template.error) == (None, "")
