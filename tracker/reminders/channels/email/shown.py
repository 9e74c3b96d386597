"""What a reader of an own template's message really sees: every matter has to be in it, and nothing may run or load in it."""

import re
from collections import Counter
from html.parser import HTMLParser

from django.utils.translation import gettext as _
from jinja2 import TemplateError

from tracker.reminders.digest import Digest
from tracker.reminders.items import Item

# Have no end tag.
_VOID = frozenset({"area", "br", "col", "hr", "img", "meta", "source", "track", "wbr"})
_UNREAD = frozenset({"head", "script", "style", "template", "noscript", "select", "textarea", "title"})
_ACTIVE = frozenset(
    {
        "applet",
        "audio",
        "base",
        "button",
        "embed",
        "form",
        "frame",
        "frameset",
        "iframe",
        "input",
        "link",
        "math",
    }
    | {"object", "script", "svg", "video"}
)
_LOADS = frozenset({"src", "srcset", "background", "poster", "data", "lowsrc", "dynsrc", "href"})
_INSIDE = re.compile(r"(?:data:image/|cid:)", re.IGNORECASE)
_LINK = re.compile(r"(?:https?:|mailto:|tel:|#|$)", re.IGNORECASE)
_HIDES = re.compile(
    r"display:none|color:transparent|text-indent:-\d{3}|(?:left|top):-\d{3}|visibility:(?:hidden|collapse)|mso-hide:all|opacity:0(?:\.0*)?(?:[;!}]|$)|"
    r"font-size:0(?:\.0*)?(?:px|pt|em|rem|%)?(?:[;!}]|$)|(?:^|[;{])(?:max-)?(?:height|width):0(?:px)?(?:[;!}]|$)"
)
_FETCHES = re.compile(r"@import|expression\(|url\((?!['\"]?(?:data:image/|cid:))")


class NotForMail(TemplateError):
    """A template that would run or load something at the reader's, or hides what it says."""


class LeftOut(TemplateError):
    """A template that leaves out matters of the message."""


class _Reader(HTMLParser):
    """Collects the visible text and the links that can be clicked. Raises NotForMail."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: set[str] = set()
        self._open: list[tuple[str, bool]] = []

    @property
    def _hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: (value or "").strip() for name, value in attrs}
        _refuse(tag, given)
        hidden = self._hidden or tag in _UNREAD or "hidden" in given or _hides(given.get("style", ""))
        if tag == "a" and not hidden:
            self.links.add(given.get("href", ""))
        if tag not in _VOID:
            self._open.append((tag, hidden))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # A browser takes <p/> for <p>.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "style":
            _refuse_styles(data)
            if _hides(data):
                raise NotForMail(_("样式表（style 标签）不能隐藏内容。"))
        elif not self._hidden:
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        """Nobody sees a comment, but Outlook reads those with a condition."""
        if data.lstrip().lower().startswith("[if"):
            inside = _Reader()
            inside.feed(data.partition(">")[2])
            inside.close()


def _refuse(tag: str, given: dict[str, str]) -> None:
    if tag in _ACTIVE or (tag == "meta" and given.get("http-equiv", "").lower() == "refresh"):
        raise NotForMail(_("邮件中不能使用 %s 标签（脚本、表单、外部内容）。") % tag)
    _refuse_styles(given.get("style", ""))
    for name, value in given.items():
        if name.startswith("on"):
            raise NotForMail(_("邮件中不能使用 %s（脚本）。") % name)
        of_link = tag in ("a", "area") and name == "href"
        if of_link and not _LINK.match(value):
            raise NotForMail(_("链接只能是网址、邮箱或电话，不能是“%s”。") % value[:40])
        if not of_link and name.rpartition(":")[2] in _LOADS and not _INSIDE.match(value):
            raise NotForMail(_("邮件不能从外部加载图片等内容（%s）。") % value[:60])


def _refuse_styles(styles: str) -> None:
    if _FETCHES.search("".join(styles.lower().split())):
        raise NotForMail(_("样式不能从外部加载内容（url、@import）。"))


def _hides(styles: str) -> bool:
    return bool(_HIDES.search("".join(styles.lower().split())))


def check(part: str, text: str, digest: Digest) -> bool:
    """That every matter listed in a message is seen in this part of it; whether each also has its link.

    A template may do without links, but not give them to some only. Raises NotForMail and LeftOut.
    """
    words, links = _read(part, text)
    listed = [item for group in digest.groups for item in group.items]
    untold = _untold("".join("".join(words).split()), listed)
    if untold:
        raise LeftOut(_("邮件须逐项列出事项的标题（item.title），%s。") % _lacking(untold))
    if part == "html":
        unlinked = [item for item in listed if item.url not in links]
    else:
        given = set(re.findall(r"https?://[^\s<>\"'（）《》，。；、]+", text))
        unlinked = [item for item in listed if item.url not in given]
    if unlinked and len(unlinked) < len({item.url for item in listed}):
        raise LeftOut(
            _("邮件有的事项没有链接（item.url），%s。") % _lacking([item.title for item in unlinked])
        )
    return not unlinked


def _read(part: str, text: str) -> tuple[list[str], set[str]]:
    if part != "html":
        return [text], set()
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.words, reader.links


def _untold(text: str, listed: list[Item]) -> list[str]:
    """Titles that are seen less often than there are matters of that title; the longest first, so that none counts for another
    that it begins with."""
    wanted = Counter("".join(item.title.split()) for item in listed)
    missing = []
    for title in sorted(wanted, key=len, reverse=True):
        if text.count(title) < wanted[title]:
            missing.append(title)
        text = text.replace(title, "\0")
    return missing


def _lacking(titles: list[str]) -> str:
    said = _("缺少：%s") % titles[0]
    return said if len(titles) == 1 else said + _("等%d项") % len(titles)
