"""The office's own templates as one run uses them; what breaks is noted at the template, where its editor sees it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from tracker.models import MailTemplate
from tracker.reminders.channels.email.bounds import in_words
from tracker.reminders.channels.email.templates import Wording
from tracker.reminders.lines import one_line


@dataclass
class OwnWording:
    """`wording` falls back by itself; `broken` holds what has not been noted in the database yet."""

    wording: Wording
    broken: dict[str, Exception] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Self:
        """What is in use: a template that broke is not tried again until somebody has edited it."""
        in_use = MailTemplate.objects.filter(active=True, broken_at=None)
        own = dict(in_use.values_list("part", "source"))
        broken: dict[str, Exception] = {}
        return cls(Wording(own, report=broken.__setitem__), broken)

    def note_broken(self, *, now: datetime) -> None:
        """Costs nothing while nothing is broken."""
        while self.broken:
            part, error = self.broken.popitem()
            words = one_line(in_words(error), 500)
            MailTemplate.objects.filter(part=part).update(broken_at=now, error=words)
