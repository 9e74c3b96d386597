"""Rows that many tests start from, made once: they stand in an open transaction, around which each test's own is undone."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from django.db import transaction


class Standing:
    """At most one set of rows stands at a time; rows() gives a copy of what its maker returned."""

    def __init__(self) -> None:
        self._make: Callable[[], Any] | None = None
        self._made: Any = None
        self._transaction: transaction.Atomic | None = None

    def let_stand(self, make: Callable[[], Any]) -> None:
        """Rows of `make()`, newly made unless they stand already. To be called outside any test's transaction."""
        if self._make is make:
            return
        self.clear()
        self._transaction = transaction.atomic()
        # As Django marks a test's own transaction: one that asks to be the outermost may still be so.
        self._transaction._from_testcase = True  # type: ignore[attr-defined]
        self._transaction.__enter__()
        try:
            self._made = make()
        except BaseException:
            self.clear()
            raise
        self._make = make

    def rows(self) -> Any:
        """What the maker returned, model instances and all, as a copy of this caller's own."""
        return deepcopy(self._made)

    def clear(self) -> None:
        """The database is as it was before. Nothing to do where nothing stands."""
        if self._transaction is not None:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)
        self._transaction = self._make = self._made = None
