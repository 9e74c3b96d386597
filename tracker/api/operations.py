"""What the OpenAPI document says of one operation, kept beside the view that does it."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer


@dataclass(frozen=True)
class Operation:
    """`id` names the operation in generated clients and stays stable; `input_class` is the body or None."""

    id: str
    summary: Any
    description: Any = ""
    input_class: Any = None
    # What success answers with.
    status: int = 200
    # What success answers with where that is no JSON.
    media_types: tuple[str, ...] = ()
    # Query parameters that neither filters nor pages declare.
    parameters: tuple[Any, ...] = ()


def example(name: Any, value: dict[str, Any], *, request_only: bool = False) -> Any:
    """A decorator that shows `value` as the example of a serializer; `name` may be a lazy text."""
    return extend_schema_serializer(examples=[OpenApiExample(name, value=value, request_only=request_only)])
