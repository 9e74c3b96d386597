"""How an import says no: every reason at once, each in Chinese with its place."""

from enum import StrEnum


class Advice(StrEnum):
    """What may help, which each door says in its own words: an option of the command is no field of the desk."""

    NAME_THE_PART = "part"
    ENTER_DEPARTMENTS = "departments"


class ImportRefused(Exception):
    """Nothing was written. `reasons` holds at least one Chinese sentence, each naming line, cell or measure."""

    def __init__(self, reasons: list[str], *, advice: Advice | None = None) -> None:
        super().__init__("；".join(reasons))
        self.reasons = reasons
        self.advice = advice
