"""Ten thousand values that nobody should ever type, put into the database past every check that would refuse them."""

import random
from dataclasses import dataclass
from datetime import date

SEED = 13710
UNITS, PLANS, MEASURES, BAD_MAILBOXES = 1000, 750, 2700, 150
# A name, a plan's title, a mailbox, and three values a measure.
VALUES = UNITS + PLANS + BAD_MAILBOXES + 3 * MEASURES
# Overdue for so long that it is red and brings its sheet; due soon, which brings a calendar file.
RED_ON, SOON_ON = date(2026, 1, 20), date(2026, 3, 12)
GIANT = 2_000_000

_PIECES = [
    "\r\nBcc: everybody@evil.example",
    "\nSubject: 改过的标题",
    "\r\n\r\n<h1>另一封邮件</h1>",
    "\r\n.\r\nMAIL FROM:<evil@evil.example>\r\n",
    "\r\n--=_duban\r\nContent-Type: text/html\r\n\r\n",
    "\u202e方案\u202c",  # bidirectional override
    "\u2066\u2067\u2068隔离\u2069",
    "\u200e\u200f\u061c",
    "\u200b\u200d\ufeff\u00ad\u2060",  # nothing to be seen
    "\U000e0041\U000e0042\U000e007f",  # tags
    "\ufffe\uffff\ufdd0\U0001ffff",  # noncharacters, which XML refuses
    "\ue000\U000f0000",  # private use
    "".join(map(chr, range(1, 32))),
    "\x7f\x80\x85\x9f\u2028\u2029",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></table><style>*{display:none}</style>",
    "{{ 7 * 7 }}{% raw %}{# 注 #}",
    "{% for x in ().__class__.__mro__ %}{{ x }}{% endfor %}",
    "%(count)s %s %d ${HOME} {0}",
    "=?utf-8?B?6YKu5Lu2?= =?gb18030?Q?=?=",
    "=cmd|' /C calc'!A0",
    "BEGIN:VEVENT;SUMMARY=\\n;X:Y,Z",
    "]]>&amp;&#0;&#x1f;&nbsp;<!--",
    "e" + "\u0301" * 60,
    "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "𠀀龘" * 20,
    "长" * 300,
    "W" * 300,
    " \t\u3000\u00a0",
    "'; DROP TABLE tracker_reminder; --",
    "■ 已逾期 99 项",
    "截至1999年1月1日，",
]
_BAD_MAILBOXES = [
    "a@x.example\r\nBcc: b@x.example",
    "a@x.example\nRCPT TO:<b@x.example>",
    "a@x.example, b@x.example",
    "a@x.example;b@x.example",
    "\u202ea@x.example\u202c",
    "甲@",
    "@x.example",
    "a b@x.example",
    "a@@x.example",
    "<a@x.example>",
    '"a\r\n"@x.example',
    "a@x..example",
    "a@" + "b" * 70 + ".example",
    "a@[127.0.0.1\r\n]",
    "nobody",
]


@dataclass(frozen=True)
class HostileMeasure:
    """`name` (M00001) stands first in the title, so that it is found again."""

    name: str
    unit: int
    plan: int
    number: str
    title: str
    text: str
    due_on: date


def _value(chance: random.Random, limit: int) -> str:
    return "".join(chance.choices(_PIECES, k=chance.randint(1, 4)))[:limit]


def address(unit: int) -> str:
    """Where a unit's notices go: the first units have a mailbox that is none."""
    return "" if unit < BAD_MAILBOXES else f"h{unit}@x.example"


def measures() -> list[HostileMeasure]:
    """The same ones each time; a unit with a bad mailbox has one, the others share the rest."""
    chance = random.Random(SEED)
    found = []
    for number in range(MEASURES):
        name = f"M{number:05d}"
        good = number - BAD_MAILBOXES
        text = _value(chance, 10_000)
        found.append(
            HostileMeasure(
                name=name,
                unit=number if good < 0 else BAD_MAILBOXES + good % (UNITS - BAD_MAILBOXES),
                plan=number % PLANS,
                number=_value(chance, 20),
                title=name + _value(chance, 300 - len(name)),
                # Some as long as a book, in one line or in very many.
                text=text
                if number % 300
                else (text * GIANT)[:GIANT]
                if number % 600
                else "行\n" * (GIANT // 2),
                due_on=RED_ON if number % 2 else SOON_ON,
            )
        )
    return found


def fill() -> None:
    """Writes them into the database, past all checks of the product. Runs inside the product's process."""
    from tests.makers import NOW, TODAY, make_document, make_plan, make_section
    from tests.reminders.scene import only_rules
    from tracker.models import Department, Measure, ReminderRule

    only_rules("deadline-soon", "overdue")
    # Each notice to its unit only, so that what is due is plain.
    ReminderRule.objects.update(audience=["liaison"], audience_orange=[], audience_red=[])
    chance = random.Random(SEED + 1)
    units = [
        Department(
            name=f"{_value(chance, 70)}{n}",
            code=f"h{n}",
            mailbox=address(n) or _BAD_MAILBOXES[n % len(_BAD_MAILBOXES)],
        )
        for n in range(UNITS)
    ]
    Department.objects.bulk_create(units)
    section = make_section(make_plan())
    document = make_document(section.plan, "原文")
    plans = [
        type(section.plan)(title=_value(chance, 200), starts_on=TODAY, created_at=NOW) for _ in range(PLANS)
    ]
    type(section.plan).objects.bulk_create(plans)
    Measure.objects.bulk_create(
        Measure(
            plan=plans[found.plan],
            section=section,
            document=document,
            number=found.number,
            position=position,
            title=found.title,
            text=found.text,
            span_start=0,
            span_end=2,
            lead=units[found.unit],
            starts_on=date(2026, 1, 1),
            due_on=found.due_on,
            status="in_progress",
            percent=99,
            updated_at=NOW,
        )
        for position, found in enumerate(measures())
    )
