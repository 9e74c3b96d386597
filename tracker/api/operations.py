"""What the OpenAPI document says of one operation, kept beside the view that does it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Operation:
    """`id` names the operation in generated clients and stays stable; `input_class` is the body or None."""

    id: str
    summary: Any
    description: Any = ""
    input_class: Any = None
    # What success answers with.
    status: int = 200
    # Query parameters that neither filters nor pages declare.
    parameters: tuple[Any, ...] = ()
