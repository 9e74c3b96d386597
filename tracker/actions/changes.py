"""What a step tells of its changes, in the form that its event keeps."""

from typing import Any

# A field's name to [before, after], as JSON values.
Changes = dict[str, list[Any]]
