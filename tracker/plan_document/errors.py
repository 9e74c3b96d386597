"""One exception for a document that cannot be read or whose action part cannot be chosen."""

from __future__ import annotations


class DocumentError(Exception):
    """A document is refused; `message` is Chinese and meant for the user.

    code: a short stable word for programs (`missing`, `empty`, `binary`, `encoding`, `too_large`,
    `unsupported`, `unsafe`, `damaged`, `action_part_not_found`, `action_part_ambiguous`).
    line: 1-based line of the decoded text, where the fault has a place.
    """

    def __init__(self, message: str, code: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"{message}（第{line}行）")
        self.message = message
        self.code = code
        self.line = line
