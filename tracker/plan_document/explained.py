"""Set apart who explains a document (由市医保局负责解释) from who carries out what it asks for."""

from __future__ import annotations

from .broken_lines import Unbroken
from .lazy_pattern import lazy_pattern
from .manuscript import Manuscript

_OFFICE_END = r"[局委办厅部院会府室司中心处科股站所]"
_EXPLAINING = lazy_pattern(
    r"(?:(?<=[,。;:\n)])|^) *(?:"
    # 本办法由市医保局负责解释; 由市医保局负责解释政策疑问 is a task
    rf"[^,。;:\n由归()]{{0,30}}[由归][^,。;\n()]{{1,38}}{_OFFICE_END}(?:按[^,。;\n]{{2,6}})?(?:(?:共同)?(?:负责|承担|作出))?"
    r"(?:(?:具体|政策|最终|相关|日常)的?){0,2}解释(?:[和及与]修[订改]|说明)?(?:工作)?"
    # 解释工作由市医保局承担
    rf"|[^,。;:\n由归()]{{0,16}}解释(?:工作|权)?(?:统一)?[由归][^,。;\n()]{{1,38}}{_OFFICE_END}(?:(?:共同)?(?:负责|承担)|所有)?"
    r")(?=[,。;)\n]|$)"
)


def without_explaining(page: Manuscript, start: int, end: int) -> Unbroken | None:
    """A task without the phrases that say who explains the document; None where there are none."""
    if page.work.find("解释", start, end) < 0:
        return None
    spans = [found.span() for found in _EXPLAINING.finditer(page.work, start, end)]
    return Unbroken(page, start, end, spans) if spans else None
