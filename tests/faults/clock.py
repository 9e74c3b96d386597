"""(6) The clock: a week without any run, and runs across midnight, across new year, and across days off and make-up days (调休)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

from tests.faults.counting import Notice, arrivals
from tests.faults.office import MORNING, OVERDUE_ON, SHANGHAI, Matter
from tests.faults.plant import Plant
from tests.faults.sinks import SlowSink
from tests.faults.trial import OVERDUE, SOON, TODAY_IS_THE_DAY, Trial, settle
from tests.servers import SmtpSink

RULES = ("deadline-soon", "deadline-today", "overdue")
PEOPLE = 12


def run(plant: Plant) -> Iterator[Trial]:
    """What is expected is written down here day by day, after the rules' own words."""
    yield _a_week_without(plant)
    yield _across(plant, "midnight", date(2026, 3, 10), OVERDUE_ON)
    yield _across(plant, "new year", date(2026, 12, 31), date(2026, 12, 29))
    yield _days_off(plant)


def _in_chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _for_each_person(told: dict[date, dict[date, str]]) -> tuple[list[Matter], set[Notice]]:
    """`told`: for each deadline, on which day what is told. Everybody has one matter of each deadline."""
    matters, expected = [], set()
    for person in range(PEOPLE):
        for number, (due_on, days) in enumerate(told.items()):
            matter = Matter(f"M{person * 100 + number:05d}", f"u{person}@x.example", due_on)
            matters.append(matter)
            expected |= {
                Notice(matter.address, matter.name, kind, _in_chinese(day)) for day, kind in days.items()
            }
    return matters, expected


def _a_week_without(plant: Plant) -> Trial:
    """Overdue: the day after, then every fifth working day; ahead: three working days before."""
    first, after = date(2026, 3, 10), date(2026, 3, 17)
    matters, expected = _for_each_person(
        {
            date(2026, 3, 4): {first: OVERDUE, after: OVERDUE},
            date(2026, 3, 9): {first: OVERDUE, after: OVERDUE},
            date(2026, 3, 10): {first: TODAY_IS_THE_DAY, after: OVERDUE},
            date(2026, 3, 12): {first: SOON, after: OVERDUE},
            date(2026, 3, 16): {after: OVERDUE},  # ahead and on the day itself nobody was there to say so
            date(2026, 3, 17): {after: TODAY_IS_THE_DAY},
            date(2026, 3, 20): {after: SOON},
            date(2026, 3, 24): {},
        }
    )
    trial = Trial(6, "a week without any run, then one: each matter is told once, as it stands by then")
    with SmtpSink() as sink:
        installation = plant.installation(plant.office(matters, RULES), sink)
        with installation.worker() as worker:
            settle(installation, 4 * PEOPLE, worker)
        installation.set_clock(MORNING + timedelta(days=7))
        with installation.worker() as worker:
            settle(installation, len(expected), worker)
        return trial.judge(expected, sink, installation, with_day=True)


def _across(plant: Plant, what: str, day: date, overdue_on: date) -> Trial:
    """A run begins four seconds before midnight and lasts longer: what is due today is told as such before midnight or not at
    all, and as overdue after it; what is overdue already is told once, before or after."""
    people = 60
    overdue = [Matter(f"M{number:05d}", f"u{number}@x.example", overdue_on) for number in range(people)]
    today = [Matter(f"M{people + number:05d}", f"u{number}@x.example", day) for number in range(people)]
    expected = {Notice(matter.address, matter.name, OVERDUE) for matter in overdue + today}
    admitted = {Notice(matter.address, matter.name, TODAY_IS_THE_DAY) for matter in today}
    trial = Trial(6, f"a run across {what}")
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=SHANGHAI)
    with SlowSink(0.2) as sink:
        installation = plant.installation(plant.office(overdue + today, RULES), sink)
        with installation.worker() as worker:
            installation.set_clock(midnight - timedelta(seconds=4))
            installation.until(lambda: installation.now() > midnight, "midnight")
            settle(installation, 2 * people, worker)
        days = {arrival.notice.day for arrival in arrivals(sink.messages, with_day=True)}
        if days != {_in_chinese(day), _in_chinese(midnight.date())}:
            trial.wrong.append(f"the messages speak of {sorted(days)}")
        # A message that is on its way at midnight is not called back.
        grace = installation.real(midnight) + 1
        late = [
            arrival.notice
            for message, came in zip(sink.messages, sink.came, strict=True)
            for arrival in arrivals([message], with_day=True)
            if came > grace and arrival.notice.day == _in_chinese(day)
        ]
        if late:
            trial.wrong.append(f"{len(late)} spoke after midnight of the day before")
        return trial.judge(expected, sink, installation, admitted=admitted)


def _days_off(plant: Plant) -> Trial:
    """Spring 2026: Saturday 14 February is worked, 15 to 23 are off, Saturday 28 is worked; sent on working days only."""
    feb = [date(2026, 2, 1) + timedelta(days=number) for number in range(28)]
    matters, expected = _for_each_person(
        {
            feb[12]: {feb[11]: SOON, feb[12]: TODAY_IS_THE_DAY, feb[13]: OVERDUE, feb[27]: OVERDUE},
            # Due on the 15th, a day off, and heard on the 24th: the next comes five working days after that, in March.
            feb[13]: {feb[11]: SOON, feb[13]: TODAY_IS_THE_DAY, feb[23]: OVERDUE},
            feb[14]: {feb[11]: SOON, feb[23]: OVERDUE},
            feb[23]: {feb[11]: SOON, feb[23]: TODAY_IS_THE_DAY, feb[24]: OVERDUE},
            feb[24]: {feb[12]: SOON, feb[24]: TODAY_IS_THE_DAY, feb[25]: OVERDUE},
            feb[27]: {feb[24]: SOON, feb[27]: TODAY_IS_THE_DAY},
        }
    )
    trial = Trial(
        6, "a run on each day across days off and make-up days (调休), sending on working days only"
    )
    worked = {*feb[11:14], *feb[23:28]}
    with SmtpSink() as sink:
        installation = plant.installation(plant.office(matters, RULES), sink)
        installation.rows("UPDATE tracker_reminderpolicy SET workdays_only = true")
        with installation.worker() as worker:
            for day in feb[11:]:
                before = len(sink.messages)
                installation.set_clock(datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI))
                # The first tick finished may have begun on the day before.
                installation.until(installation.ticks_handled(2, worker), f"the ticks of {day}")
                if day in worked:
                    settle(installation, 0, worker)
                elif len(sink.messages) > before:
                    trial.wrong.append(f"sent on {day}, a day off")
        if sorted(days := _days_spoken(sink)) != days:
            trial.wrong.append("the days are out of order")
        return trial.judge(expected, sink, installation, with_day=True)


def _days_spoken(sink: SmtpSink) -> list[tuple[int, ...]]:
    """The messages' days, as they came, each once."""
    found = [arrival.notice.day for arrival in arrivals(sink.messages, with_day=True)]
    days = [
        tuple(map(int, day.replace("年", "-").replace("月", "-").rstrip("日").split("-"))) for day in found
    ]
    return days[:1] + [later for earlier, later in pairwise(days) if later != earlier]
