"""Where two wordings of one measure differ, so that a person need not compare them by eye."""

from dataclasses import dataclass
from difflib import SequenceMatcher

# The comparison's effort grows with the product of the lengths (characters): beyond this nobody reads marks anyway.
MOST_COMPARED = 4_000_000


@dataclass(frozen=True)
class Wording:
    """A run of characters: `kind` is "same", "gone" (only in the old wording) or "new" (only in the new one)."""

    kind: str
    text: str


def compare(before: str, after: str) -> tuple[Wording, ...]:
    """Both wordings as one sequence; without its new runs it is `before`, without its gone ones `after`."""
    if len(before) * len(after) > MOST_COMPARED:
        return (Wording("gone", before), Wording("new", after))
    found: list[Wording] = []
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, a, a_end, b, b_end in matcher.get_opcodes():
        if tag == "equal":
            found.append(Wording("same", before[a:a_end]))
            continue
        found += [Wording("gone", before[a:a_end])] if a < a_end else []
        found += [Wording("new", after[b:b_end])] if b < b_end else []
    return tuple(found)
