"""How an import says no: every reason at once, each in Chinese with its place."""


class ImportRefused(Exception):
    """Nothing was written. `reasons` holds at least one Chinese sentence, each naming line, cell or measure."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("；".join(reasons))
        self.reasons = reasons
