"""Patterns compiled when they are first asked: most processes never read a document, and compiling takes a fifth of their start."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _LazyPattern:
    """Stands for a re.Pattern and becomes one, method by method, at its first use."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        # Called only for what is not there yet: from then on the compiled pattern's own method stands here.
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found


def lazy_pattern(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As re.compile, but that a wrong pattern raises re.error only at its first use."""
    return cast("re.Pattern[AnyStr]", _LazyPattern(pattern, flags))
