"""Versions over HTTP: ETag out, If-Match in, so that nobody overwrites what he has not seen, and If-None-Match, so that nobody
reads again what he has.

The tag of what is read is the version and a digest of the answer (`"7-1f0c…"`): lights, buttons and what is provisional change
with the day and the caller, though the version stays. A write looks at the version alone.
"""

import hashlib

from django.utils.http import parse_etags
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access
from tracker.api.problems import Problem
from tracker.models import Measure
from tracker.reports.timeline import changed_since
from tracker.rules.violations import Outdated

UNREADABLE_CONDITION = _('If-Match 头应为读取时得到的 ETag，例如 "7"（含引号）。')


def etag(measure: Measure) -> str:
    """The measure's version as an entity tag, e.g. `"7"`."""
    return f'"{measure.version}"'


def versions_in(header: str) -> list[str]:
    """The versions that the tags of an If-Match header name, `*` among them; empty when it cannot be read."""
    # A proxy that compresses answers marks their tags weak (W/"7"); the version is exact all the same.
    tags = [tag.removeprefix("W/").strip('"') for tag in parse_etags(header)]
    return [tag.partition("-")[0] for tag in tags]


def unless_known(request: Request, response: Response) -> Response:
    """The answer to a read with the tag of what it says, or 304 without a body where the caller has just that.

    Only what carries a version is tagged. A header that cannot be read is none (RFC 9110, 13.1.2: a read is not refused).
    """
    if request.method not in ("GET", "HEAD") or response.status_code != 200 or "ETag" not in response:
        return response
    digest = hashlib.sha256(JSONRenderer().render(response.data)).hexdigest()[:16]
    tag = f'{response["ETag"][:-1]}-{digest}"'
    known = [one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))]
    if tag in known or "*" in known:
        return Response(status=304, headers={"ETag": tag})
    response["ETag"] = tag
    return response


def expected_version(request: Request, measure: Measure, *, required: bool = False) -> int | None:
    """The version that the caller says to have seen; None when the caller does not care.

    Raises Outdated when the measure has another one, Problem 428 when `required` and not said, 400 when
    unreadable. The action compares once more under the row lock.
    """
    header = request.headers.get("If-Match")
    if header is None:
        return checked_version(None, measure, required=required)
    versions = versions_in(header)
    if not versions:
        raise Problem(400, "invalid_if_match", UNREADABLE_CONDITION)
    if versions == ["*"]:
        # True of any version (RFC 9110, 13.1.1), so it says nothing of what was seen (RFC 6585, 3).
        return checked_version(None, measure, required=required)
    if str(measure.version) not in versions:
        raise _outdated(measure, request.user, versions)
    return measure.version


def checked_version(
    version: int | None, measure: Measure, *, required: bool = False, user: access.Someone | None = None
) -> int | None:
    """The same for a version that stands in the body of a bulk request."""
    if version is None:
        if required:
            detail = _("修改前请先读取事项，并给出其版本（If-Match 头，批量办理时为 version）。")
            raise Problem(428, "precondition_required", detail)
        return None
    if version != measure.version:
        raise _outdated(measure, user, [str(version)])
    return version


def _outdated(measure: Measure, user: access.Someone | None, seen: list[str]) -> Outdated:
    """Says who changed what since, where the version given is one that the measure had."""
    had = [int(one) for one in seen if one.isascii() and one.isdigit() and len(one) <= 9]
    words = changed_since(measure, user, max(had)) if had and user is not None else ""
    return Outdated(f"事项已被他人更新{f'：{words}' if words else ''}，请重新读取后再办理。")
