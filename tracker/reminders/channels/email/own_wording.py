"""The office's own templates as one run uses them; what breaks is noted at the template, where its editor sees it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from tracker.models import MailTemplate
from tracker.reminders.channels.email.templates import Wording
from tracker.reminders.digest import one_line


@dataclass
class OwnWording:
    """`wording` falls back by itself; `broken` holds what has not been noted in the database yet."""

    wording: Wording
    broken: dict[str, Exception] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Self:
        own = dict(MailTemplate.objects.filter(active=True).values_list("part", "source"))
        broken: dict[str, Exception] = {}
        return cls(Wording(own, report=broken.__setitem__), broken)

    def note_broken(self, *, now: datetime) -> None:
        """Costs nothing while nothing is broken."""
        while self.broken:
            part, error = self.broken.popitem()
            words = one_line(f"{type(error).__name__}: {error}", 500)
            MailTemplate.objects.filter(part=part).update(broken_at=now, error=words)
