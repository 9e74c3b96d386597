"""The words around a digest: the shipped templates, the office's own in their place, and what happens when those break.

Jinja2 in its sandbox: what an office types into a form may not reach settings or the database, and it renders some ten
times faster than Django's templates, which is most of what a message costs.
"""

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext
from jinja2 import Environment, StrictUndefined, Template, TemplateError
from markupsafe import Markup, escape

from tracker.reminders.channels.email.bounds import BoundedEnvironment, render
from tracker.reminders.channels.email.shown import check
from tracker.reminders.words import translated

logger = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "shipped"
PARTS = ("txt", "html")
# part and error → what is done about it
Report = Callable[[str, Exception], None]


class NothingSaid(TemplateError):
    """A template that came to nothing that a reader would see."""


# The shipped templates are our own words: asking the sandbox about each of their attributes would double what they cost.
_TRUSTED = {
    part: Environment(autoescape=part == "html", undefined=StrictUndefined, keep_trailing_newline=True)
    for part in PARTS
}
_TRUSTED["txt"].filters["join"] = lambda texts, between="": between.join(texts)
_TRUSTED["html"].filters["join"] = lambda texts, between="": Markup(escape(between)).join(texts)
for _trusted in _TRUSTED.values():
    # Their messages are objects with fields: no other way of finding a name need be tried.
    _trusted.getattr = getattr  # type: ignore[method-assign,assignment]
_BOUNDED = {part: BoundedEnvironment(autoescape=part == "html") for part in PARTS}
for _environment in (*_TRUSTED.values(), *_BOUNDED.values()):
    _environment.globals.update(_=translated, separator=Markup("<br>"))


def compiled(part: str, source: str) -> Template:
    """An office's own template. Raises jinja2.TemplateError with its line: a syntax error, or more than a mail needs."""
    return _BOUNDED[part].from_source(source)


def _rendered(part: str, template: Template, context: Mapping[str, Any]) -> str:
    """What an own template makes of the context. Raises whatever is wrong with it, what could not be sent or read, and what leaves
    out any of the message's matters: each message is looked at, since a condition may hold for one and not for another."""
    text = render(template, dict(context))
    text.encode()  # half a character (a lone surrogate) cannot be sent
    seen = Markup(text).striptags() if part == "html" else text
    if not seen.strip():
        raise NothingSaid(gettext("模板生成的内容为空。"))
    check(part, text, context["digest"])
    return text


@lru_cache(maxsize=len(PARTS))
def _shipped(part: str) -> Template:
    template = _TRUSTED[part].from_string(shipped_source(part))
    # A plain table in place of Jinja's chain of them, which is copied name by name for each message.
    template.globals = dict(template.globals)
    return template


def shipped_source(part: str) -> str:
    """The text of a shipped template; `part` is txt or html."""
    return (FOLDER / f"digest.{part}").read_text(encoding="utf-8")


class Wording:
    """The templates of one run. `own` maps a part to the office's source; a part that is missing is the shipped one.

    A source that does not compile or render is left for the rest of the run, `report` is told, and the shipped one
    goes out in its place: a slip in a form never stops a reminder.
    """

    def __init__(self, own: Mapping[str, str] | None = None, report: Report | None = None) -> None:
        self._report = report or (lambda part, error: None)
        self._own: dict[str, Template] = {}
        for part, source in (own or {}).items():
            try:
                self._own[part] = compiled(part, source)
            except TemplateError as error:
                self._broken(part, error)

    def render(self, part: str, context: Mapping[str, Any]) -> str:
        template = self._own.get(part)
        if template is not None:
            try:
                return _rendered(part, template, context)
            # Whatever an edited template raises (a TypeError in an expression, a sandbox breach) is its own fault.
            except Exception as error:
                self._broken(part, error)
        return _shipped(part).render(context)

    def _broken(self, part: str, error: Exception) -> None:
        logger.error("the office's own template for %s is broken, the shipped one is sent: %s", part, error)
        self._own.pop(part, None)
        self._report(part, error)
