"""The front page (工作台): for each role what it should look at first."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tracker import access
from tracker.admin.base import day_of
from tracker.admin.figures import light_tiles, measure_rows, status_links
from tracker.models import User
from tracker.reports import overview
from tracker.reports.calendar_horizon import horizon
from tracker.reports.office_day import OfficeDay
from tracker.reports.todo import TODO


def workbench(request: HttpRequest) -> dict[str, Any]:
    """The template's context: `tiles` (figures), `lists` (short lists of measures), `tables` (rows by unit or section)."""
    user, day = request.user, day_of(request)
    assert isinstance(user, User), "the site lets nobody else in"
    counts = overview.counts(user, day)
    page: dict[str, Any] = {
        "day": day.today,
        "tiles": light_tiles(counts, _link),
        "statuses": status_links(counts, _link),
        "lists": [],
        "tables": [],
    }
    if access.is_office(user):
        known = horizon(access.visible_to(user), today=day.today, calendar=day.calendar)
        page["calendar_notice"] = known.words
        page["lists"] = _office_lists(user, day, counts)
        page["tables"] = [
            (_("各部分"), "section", overview.by_section(user, day)),
            (_("各牵头单位"), "lead", overview.by_department(user, day)),
        ]
    elif user.role == User.Role.LEADER:
        late = overview.overdue(user, day, total=counts.overdue)
        page["lists"] = [
            _todo("decide", user, day, _("没有等待您批准的延期申请。")),
            _list(_("已逾期"), late, day, "overdue=yes", _("没有逾期事项。")),
        ]
        page["tables"] = [(_("分管单位"), "lead", overview.by_department(user, day))]
    elif user.department_id is not None:
        page["lists"] = _department_lists(user, day)
        page["assisted"] = overview.assisted_count(user)
    # What waits stands before what is empty, otherwise in the order of the work.
    page["lists"].sort(key=lambda item: not item["total"])
    return page


def _todo(key: str, user: User, day: OfficeDay, empty: str) -> dict[str, Any]:
    return _list(TODO[key].name, overview.todo(key, user, day), day, f"todo={key}", empty)


def _office_lists(user: User, day: OfficeDay, counts: overview.Counts) -> list[dict[str, Any]]:
    late = overview.overdue(user, day, total=counts.overdue)
    lists = [
        _list(
            _("待审核"),
            overview.waiting_for_review(user, day),
            day,
            "status=closing",
            _("没有等待审核的事项。"),
        ),
        _todo("decide", user, day, _("没有等待答复的延期申请、异议和揭榜。")),
        _list(_("已逾期"), late, day, "overdue=yes", _("没有逾期事项。")),
        _todo("review", user, day, _("没有等待审阅的报告。")),
    ]
    drafts = overview.drafts(user, day)
    if drafts.total:
        lists.insert(1, _list(_("待交办"), drafts, day, "status=draft", ""))
    return lists


def _department_lists(user: User, day: OfficeDay) -> list[dict[str, Any]]:
    lead = f"lead={user.department_id}"
    lists = [
        _list(
            _("待签收"),
            overview.to_acknowledge(user, day),
            day,
            f"{lead}&status=assigned",
            _("没有待签收的事项。"),
        ),
        _todo("returned", user, day, _("没有退回的事项。")),
        _todo("report", user, day, _("近期没有应报送的报告。")),
        _list(_("已逾期"), overview.own_overdue(user, day), day, f"{lead}&overdue=yes", _("没有逾期事项。")),
        _todo("due", user, day, _("近期没有到期事项。")),
    ]
    published = _todo("claim", user, day, "")
    # Many offices never publish anything for claiming.
    return [*lists, published] if published["total"] else lists


def _list(title: str, short: overview.ShortList, day: OfficeDay, query: str, empty: str) -> dict[str, Any]:
    return {
        "title": title,
        "total": short.total,
        "rows": measure_rows(short.measures, day),
        "url": f"{reverse('admin:tracker_measure_changelist')}?{query}",
        "empty": empty,
    }


def _link(**narrowed: str) -> str:
    everything = reverse("admin:tracker_measure_changelist")
    return f"{everything}?{urlencode(narrowed)}" if narrowed else everything
