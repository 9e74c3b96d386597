"""Figures by light and status and short rows of measures, as the front page and the look back show them alike."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tracker.admin.badges import deadline_badge, light_badge, progress_bar, status_badge
from tracker.reports import overview
from tracker.reports.deadline_words import deadline_words
from tracker.reports.office_day import OfficeDay
from tracker.rules.lifecycle import STATUS_NAMES
from tracker.rules.light import LIGHT_NAMES, Light

# Makes the address of the list that is narrowed by these values of its filters.
Link = Callable[..., str]


def marks(measure: Any, day: OfficeDay) -> dict[str, Any]:
    """The coloured marks of one measure, which carries the `light` annotation."""
    words = deadline_words(
        measure, today=day.today, calendar=day.calendar, near_until=day.thresholds.near_until
    )
    return {
        "light": light_badge(measure.light),
        "status": status_badge(measure.status),
        "deadline": deadline_badge(words),
        "progress": progress_bar(measure.percent),
    }


def measure_rows(measures: Iterable[Any], day: OfficeDay) -> list[dict[str, Any]]:
    """Each measure with its marks and the address of its page, for measure_rows.html."""
    return [
        {
            "measure": measure,
            "url": reverse("admin:tracker_measure_change", args=[measure.pk]),
            **marks(measure, day),
        }
        for measure in measures
    ]


def light_tiles(counts: overview.Counts, link: Link) -> list[dict[str, Any]]:
    """Figures by light, each leading to its list."""
    tiles = [
        {"name": _("全部事项"), "n": counts.total, "url": link(), "kind": "all"},
        {"name": _("已逾期"), "n": counts.overdue, "url": link(overdue="yes"), "kind": "late"},
    ]
    for light in (Light.RED, Light.YELLOW, Light.GREEN, Light.DONE):
        url = link(light=light.value)
        tiles.append({"name": LIGHT_NAMES[light], "n": counts.lights[light], "url": url, "kind": light.value})
    return tiles


def status_links(counts: overview.Counts, link: Link) -> list[dict[str, Any]]:
    """How many there are in each status that occurs, each leading to its list."""
    return [
        {"name": STATUS_NAMES[status], "n": n, "url": link(status=status.value)}
        for status, n in counts.statuses.items()
        if n
    ]
