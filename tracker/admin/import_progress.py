"""How far a long import has come: the request that does the work notes it in the cache, another asks for it.

The page makes up a key and sends it with the form; without JavaScript nothing is noted and nothing is asked.
"""

import re
import time
from typing import Any

from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from tracker import access
from tracker.importing import desk

STAGE_NAMES = {
    desk.READING: _("正在读取文件"),
    desk.PARSING: _("正在识别提纲和任务"),
    desk.COMPARING: _("正在与已有方案比较"),
    desk.WRITING: _("正在写入事项"),
}
_KEY = re.compile(r"[0-9a-f]{32}")
# Noted at most so often; the page asks about as often.
_EVERY_SECONDS = 0.25
_KEPT_SECONDS = 600


class ProgressNote:
    """Called as tracker.importing.desk.Progress; notes the last call for the person who sent the form."""

    def __init__(self, request: HttpRequest) -> None:
        key = request.POST.get("progress", "")
        self._key = _cache_key(request, key) if _KEY.fullmatch(key) else None
        self._stage, self._noted = "", 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if self._key is None or (stage == self._stage and now - self._noted < _EVERY_SECONDS):
            return
        self._stage, self._noted = stage, now
        cache.set(self._key, {"stage": stage, "done": done, "total": total}, _KEPT_SECONDS)


def import_progress(request: HttpRequest, key: str) -> JsonResponse:
    """{"stage", "name", "done", "total"} of the person's own work under this key; stage "" when nothing is noted (yet)."""
    if not access.is_office(request.user):
        raise PermissionDenied
    noted: dict[str, Any] | None = cache.get(_cache_key(request, key)) if _KEY.fullmatch(key) else None
    found = noted or {"stage": "", "done": 0, "total": 0}
    return JsonResponse({**found, "name": str(STAGE_NAMES.get(found["stage"], ""))})


def is_watched(request: HttpRequest) -> bool:
    """Whether the page's script sent the form and waits for JSON instead of a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def go_on(request: HttpRequest, address: str) -> HttpResponse:
    """On to another page, in the way the asker understands."""
    return JsonResponse({"next": address}) if is_watched(request) else redirect(address)


def _cache_key(request: HttpRequest, key: str) -> str:
    return f"import-progress:{request.user.pk}:{key}"
