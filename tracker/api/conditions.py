"""Versions over HTTP: ETag out, If-Match in, so that nobody overwrites what he has not seen."""

from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from tracker.api.problems import Problem
from tracker.models import Measure
from tracker.rules.violations import Outdated

UNREADABLE_CONDITION = _('If-Match 头应为读取时得到的 ETag，例如 "7"（含引号）。')


def etag(measure: Measure) -> str:
    """The measure's version as an entity tag, e.g. `"7"`."""
    return f'"{measure.version}"'


def expected_version(request: Request, measure: Measure, *, required: bool = False) -> int | None:
    """The version that the caller says to have seen; None when the caller does not care.

    Raises Outdated when the measure has another one, Problem 428 when `required` and not said, 400 when
    unreadable. The action compares once more under the row lock.
    """
    header = request.headers.get("If-Match")
    if header is None:
        return checked_version(None, measure, required=required)
    # A proxy that compresses answers marks their tags weak (W/"7"); the version is exact all the same.
    tags = [tag.removeprefix("W/") for tag in parse_etags(header)]
    if not tags:
        raise Problem(400, "invalid_if_match", UNREADABLE_CONDITION)
    if tags == ["*"]:
        # True of any version (RFC 9110, 13.1.1), so it says nothing of what was seen (RFC 6585, 3).
        return checked_version(None, measure, required=required)
    if etag(measure) not in tags:
        raise _outdated()
    return measure.version


def checked_version(version: int | None, measure: Measure, *, required: bool = False) -> int | None:
    """The same for a version that stands in the body of a bulk request."""
    if version is None:
        if required:
            detail = _("修改前请先读取事项，并给出其版本（If-Match 头，批量办理时为 version）。")
            raise Problem(428, "precondition_required", detail)
        return None
    if version != measure.version:
        raise _outdated()
    return version


def _outdated() -> Outdated:
    return Outdated("事项已被他人更新，请重新读取后再办理。")
