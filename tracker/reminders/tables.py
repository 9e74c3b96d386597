"""Small tables handed to the database with a query, so that rules written in Python join rows there in one statement."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

# Column types that both databases take; values of "date" are dates.
_POSTGRES = {"text": "text", "int": "bigint", "date": "date"}

Sql = tuple[str, list[Any]]


def table(
    connection: BaseDatabaseWrapper, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]
) -> Sql:
    """`name(columns) AS MATERIALIZED (…)` for a WITH clause; `columns` maps a name to text, int or date.

    One parameter a column on PostgreSQL (arrays), one in all on SQLite (JSON): the number of rows is not bounded by
    what a statement may have of parameters.
    """
    kept = list(rows)
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{_POSTGRES[kind]}[]" for kind in columns.values())
        params: list[Any] = [[row[at] for row in kept] for at in range(len(columns))]
        return f"{name}({', '.join(columns)}) AS MATERIALIZED (SELECT * FROM unnest({arrays}))", params
    parts = ", ".join(f"json_extract(value, '$[{at}]')" for at in range(len(columns)))
    text = json.dumps([[_plain(value) for value in row] for row in kept], ensure_ascii=False)
    return f"{name}({', '.join(columns)}) AS MATERIALIZED (SELECT {parts} FROM json_each(%s))", [text]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
