"""Imports of plans take turns: of two that began together, the second is compared with what the first has written."""

from django.db import connection

# Any number that no other advisory lock of the product uses.
_IMPORTING = 20_230_601


def take_turn() -> None:
    """Waits, inside a transaction, until no other import is at it; the transaction's end gives the turn on.

    Two first imports of one file would else each find no plan, and make two. SQLite's transactions take turns anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORTING])
