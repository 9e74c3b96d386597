"""What a digest says and how it looks: order, words, escaping, hostile values, headers, nothing from outside."""

import random
import re
from datetime import date, timedelta
from email import policy
from email.parser import BytesParser
from html.parser import HTMLParser

import pytest
from django.conf import settings as django_settings

from tests.makers import NOW, TODAY, make_plan, make_section, make_user
from tests.reminders.scene import overdue, plan, send, soon, unit
from tracker.models import Measure, Reminder
from tracker.reminders.channels.email.message import build_message
from tracker.reminders.digest import LISTED, Digest
from tracker.reminders.items import Item, item
from tracker.reminders.lines import one_line
from tracker.rules.lifecycle import Party
from tracker.rules.reminder_kinds import NoticeKind
from tracker.rules.reminder_schedule import Level
from tracker.rules.workdays import WorkCalendar

HOSTILE = [
    "标题\r\nBcc: everybody@city.example\r\n\r\n<script>alert(1)</script>",
    "正常\u202e逆序\u2066隔离\u200b零宽\ufeff\u00ad",
    "<img src=http://evil.example/x.png onerror=alert(1)>",
    "{{ settings.SECRET_KEY }}{% load x %}",
    "\x00\x07\x1b[31m红色\x7f\u2028行\u2029段",
    "=?utf-8?b?aGk=?= <a@b> \"引号\" '单' & 和",
    "长" * 300,
    "\t \u3000 ",
]


def make_item(**kw) -> Item:
    values = {
        "measure_id": 7,
        "kind": NoticeKind.OVERDUE,
        "party": Party.LEAD,
        "number": "1.1",
        "title": "筛选十大重点文旅项目",
        "plan": "行动方案",
        "lead": "市文化和旅游局",
        "department": "市文化和旅游局",
        "due_on": TODAY - timedelta(days=4),
        "days": 4,
        "when": "逾期4天（2个工作日）",
        "when_parts": ("逾期4天", "2个工作日"),
        "provisional": False,
        "status": "办理中",
        "percent": 40,
        "order": (1, 1),
    }
    return Item(**{**values, **kw})


def parsed(digest: Digest, **more):
    """The message as a mail program reads it: headers, text part, HTML part."""
    message = build_message(digest, message_id="<duban-1@city.example>", now=NOW, **more)
    raw = message.message().as_bytes(linesep="\r\n")
    read = BytesParser(policy=policy.default).parsebytes(raw)
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None and html is not None
    return read, text.get_content(), html.get_content()


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


def tags(html: str) -> list[tuple[str, dict[str, str | None]]]:
    reader = Tags()
    reader.feed(html)
    return reader.seen


def rows(html: str) -> int:
    return sum(tag == "tr" for tag, _ in tags(html))


def test_headers(settings):
    settings.OFFICE_NAME = "市委市政府督查局"
    digest = Digest.of([make_item()], recipient="a@x.example", today=TODAY)
    read, text, html = parsed(digest, reply_to="office@city.example")
    assert read["Subject"] == "【督查督办】1项逾期"
    assert read["From"] == "市委市政府督查局 <duban@city.example>"
    assert read["To"] == "a@x.example"
    assert read["Reply-To"] == "office@city.example"
    assert read["Message-ID"] == "<duban-1@city.example>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"].datetime == NOW
    assert str(read["Date"]).endswith("+0800")
    for part in (text, html):
        assert "市委市政府督查局" in part
        assert "office@city.example" in part


def test_what_a_reader_needs_is_in_both_parts():
    near = make_item(
        measure_id=8,
        kind=NoticeKind.DUE_SOON,
        number="1.10",
        title="推进铁路前期",
        due_on=TODAY,
        when="今日到期",
        when_parts=("今日到期", ""),
        percent=60,
    )
    read, text, html = parsed(Digest.of([near, make_item()], recipient="a@x.example", today=TODAY))
    assert read["Subject"] == "【督查督办】1项逾期、1项即将到期"
    for part in (text, html):
        for words in ("1.1 筛选十大重点文旅项目", "市文化和旅游局", "40%", "1.10 推进铁路前期", "今日到期"):
            assert words in part
        assert part.index("筛选十大") < part.index("推进铁路前期"), "overdue first"
    assert "逾期4天（2个工作日）" in text
    assert "逾期4天" in html and "2个工作日" in html
    address = f"{django_settings.SITE_URL}/admin/tracker/measure/7/change/"
    assert address in text
    assert ("a", address) in [(tag, attrs.get("href")) for tag, attrs in tags(html)]


def test_order_is_by_deadline_then_by_place_in_the_plan():
    items = [
        make_item(measure_id=1, kind=NoticeKind.DUE_SOON, due_on=TODAY),
        make_item(measure_id=2, due_on=TODAY - timedelta(days=1), order=(1, 10)),
        make_item(measure_id=3, due_on=TODAY - timedelta(days=9)),
        make_item(measure_id=4, due_on=TODAY - timedelta(days=1), order=(1, 2)),
    ]
    digest = Digest.of(items, recipient="a@x.example", today=TODAY)
    assert [found.measure_id for found in digest.items] == [3, 4, 2, 1]


def test_nothing_is_loaded_from_anywhere():
    _read, _text, html = parsed(Digest.of([make_item()], recipient="a@x.example", today=TODAY))
    seen = tags(html)
    assert {tag for tag, _ in seen} <= {
        *("html", "head", "meta", "title", "body", "table", "tr", "td", "b", "br", "span", "a")
    }
    assert not [attrs for _, attrs in seen if {"src", "background"} & set(attrs)]
    assert "url(" not in html and "@import" not in html
    links = {attrs["href"] for tag, attrs in seen if tag == "a"}
    assert all(link is not None and link.startswith(django_settings.SITE_URL) for link in links)


def test_provisional_working_days_are_explained():
    marked = make_item(
        provisional=True, when="逾期4天（2个工作日，暂估）", when_parts=("逾期4天", "2个工作日，暂估")
    )
    for digest_item, expected in ((marked, True), (make_item(), False)):
        _, text, html = parsed(Digest.of([digest_item], recipient="a@x.example", today=TODAY))
        assert ("暂估" in text) is expected
        assert ("放假安排公布后可能变化" in text) is expected
        assert ("放假安排公布后可能变化" in html) is expected


def test_plans_are_named_when_there_are_several():
    one, two = make_item(plan="三年行动"), make_item(plan="十件实事", measure_id=8)
    _, text, html = parsed(Digest.of([one, two], recipient="a@x.example", today=TODAY))
    assert "方案：十件实事" in text and "方案：十件实事" in html
    _, text, html = parsed(Digest.of([one], recipient="a@x.example", today=TODAY))
    assert "方案：" not in text and "方案：" not in html


def test_whom_it_addresses():
    def digest(*items: Item) -> Digest:
        return Digest.of(items, recipient="a@x.example", today=TODAY)

    units = [make_item(measure_id=n, department=f"单位{n}") for n in range(5)]
    assert digest(units[0]).salutation == "单位0："
    assert digest(*units[:2]).salutation == "单位0、单位1："
    assert digest(*units).salutation == "单位0、单位1、单位2等5个单位："
    leader = make_item(party=Party.LEADER)
    assert digest(leader).salutation == "尊敬的领导："
    assert "您分管单位" in digest(leader).introduction
    assert "配合" in digest(make_item(party=Party.CO)).introduction
    assert "贵单位负责" in digest(leader, units[0]).introduction


def test_a_measure_is_listed_once_with_all_that_is_to_be_said_of_it():
    late = make_item(level=Level.ORANGE)
    unsigned = make_item(kind=NoticeKind.ACKNOWLEDGE_OVERDUE, when="逾期9天（7个工作日）", level=Level.RED)
    read, text, html = parsed(Digest.of([unsigned, late], recipient="a@x.example", today=TODAY))
    assert read["Subject"] == "【督查督办】1项逾期、1项超期未签收（红色催办）"
    for part in (text, html):
        assert part.count("筛选十大重点文旅项目") == 1
        assert "同时：超期未签收：逾期9天（7个工作日），红色催办" in part
        assert "红色催办" in part


def test_a_long_list_is_cut_and_says_so():
    items = [make_item(measure_id=n, title=f"第{n}项措施") for n in range(LISTED + 30)]
    read, text, html = parsed(Digest.of(items, recipient="a@x.example", today=TODAY))
    assert read["Subject"] == f"【督查督办】{LISTED + 30}项逾期"
    assert html.count("项措施</a>") == LISTED
    assert "另有 30 项未列出" in text and "另有 30 项未列出" in html


@pytest.mark.parametrize("text", HOSTILE)
def test_one_line(text):
    line = one_line(text, 120)
    assert len(line) <= 120
    assert line == line.strip()
    assert line.isprintable()
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad]", line)


@pytest.mark.django_db
def test_hostile_values_stay_text(mailoutbox, settings):
    """Titles, names of departments, plans and the office: whatever they hold, the mail keeps its shape."""
    hostile = [text.replace("\x00", "") for text in HOSTILE]  # PostgreSQL itself refuses NUL
    settings.OFFICE_NAME = "督查局\r\nBcc: x@y.example"
    lead = unit(hostile[0][:80], "a@x.example")
    section = make_section(make_plan(hostile[2]))
    other = make_section(make_plan(hostile[1]))
    for number, title in enumerate(hostile):
        overdue(lead, draft={"title": title, "section": section if number % 2 else other})
    plan()
    report = send()
    assert report.failures == []
    [mail] = mailoutbox
    raw = mail.message().as_bytes(linesep="\r\n")
    read = BytesParser(policy=policy.default).parsebytes(raw)
    assert set(read.keys()) == {
        *("Content-Type", "MIME-Version", "Subject", "From", "To", "Message-ID", "Date"),
        *("Auto-Submitted", "X-Auto-Response-Suppress"),
    }
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    html = read.get_body(("html",)).get_content()
    names = {tag for tag, _ in tags(html)}
    assert not names & {"script", "img"}
    assert django_settings.SECRET_KEY not in html
    assert "（无标题）" in html
    text = read.get_body(("plain",)).get_content()
    assert "Bcc: everybody" not in [line.strip()[: len("Bcc: everybody")] for line in text.splitlines()]
    assert len([line for line in text.splitlines() if line.strip().startswith("http")]) == len(hostile)


def test_a_thousand_random_titles_keep_the_message_whole():
    pieces = [
        *HOSTILE,
        "\r\n",
        "\n.\n",
        "\r\n.\r\n",
        "</td></table>",
        "\ud800",
        "\U000e0041",
        "‮",
        "\x85",
        "甲乙丙",
    ]
    dice = random.Random(13710)
    _, _, plain = parsed(Digest.of([make_item()], recipient="a@x.example", today=TODAY))
    frame = rows(plain) - 1
    for start in range(0, 1_000, 200):
        items = [
            make_item(
                measure_id=start + n,
                title=one_line("".join(dice.choices(pieces, k=4)), 120) or "（无标题）",
                lead=one_line(dice.choice(pieces), 80),
            )
            for n in range(200)
        ]
        read, text, html = parsed(Digest.of(items, recipient="a@x.example", today=TODAY))
        assert not read.defects
        assert read["Subject"] == "【督查督办】200项逾期"
        assert text.count("/admin/tracker/measure/") == 200
        assert rows(html) == 200 + frame


@pytest.mark.django_db
def test_an_item_says_what_the_measure_says():
    lead = unit("市财政局", "a@x.example")
    measure = overdue(lead, "设立产业基金", acknowledged=True, percent=35)
    plan()
    row = Reminder.objects.select_related("measure__plan", "measure__lead", "department").get()
    found = item(row, today=TODAY, calendar=WorkCalendar())
    assert (found.title, found.lead, found.status, found.percent) == (
        "设立产业基金",
        "市财政局",
        "办理中",
        35,
    )
    assert (found.days, found.when) == (4, "逾期4天（2个工作日）")
    assert found.url.endswith(f"/tracker/measure/{measure.pk}/change/")


@pytest.mark.django_db
def test_following_the_link_changes_nothing(client):
    lead = unit("", "a@x.example")
    measure = soon(lead)
    plan()
    row = Reminder.objects.select_related("measure__plan", "measure__lead", "department").get()
    url = item(row, today=TODAY, calendar=WorkCalendar()).url.removeprefix(django_settings.SITE_URL)
    before = Measure.objects.filter(pk=measure.pk).values().get()
    assert client.get(url).status_code == 302, "a stranger is asked to sign in"
    for person in (lead.members.get(), make_user("office")):
        client.force_login(person)
        page = client.get(url)
        assert page.status_code == 200
        assert measure.title in page.content.decode()
    assert Measure.objects.filter(pk=measure.pk).values().get() == before


def test_a_day_on_request_is_marked():
    digest = Digest.of([make_item()], recipient="a@x.example", today=date(2026, 5, 1), on_request=True)
    _, text, html = parsed(digest)
    assert "按2026年5月1日的时限情况生成" in text
    assert "按2026年5月1日的时限情况生成" in html


def test_a_heading_counts_as_the_subject_does():
    periods = {"kind": NoticeKind.PERIOD_REPORT_OVERDUE, "when": "连续3期未报，最早一期逾期9天"}
    alone = make_item(measure_id=1, periods=3, **periods)
    late = make_item(measure_id=2)
    beside = make_item(measure_id=2, periods=2, **periods)
    stages = [make_item(measure_id=3, kind=NoticeKind.MILESTONE_OVERDUE, anchor=anchor) for anchor in (1, 2)]
    digest = Digest.of([alone, late, beside, *stages], recipient="a@x.example", today=TODAY)
    read, text, html = parsed(digest)
    assert read["Subject"] == "【督查督办】1项逾期、2个阶段目标逾期、5期报告超期"
    for part in (text, html):
        for heading in (
            "已逾期 1 项",
            "阶段目标已逾期 2 个",
            "定期报告已超期 5 期（其中 2 期见上列事项）",
        ):
            assert f"{heading}\n" in part or f"{heading}</td>" in part
