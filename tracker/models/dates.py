"""Date arithmetic in SQL that gives whole calendar days on both SQLite and PostgreSQL."""

from django.db.models import Func, IntegerField


class DaysBetween(Func):
    """`DaysBetween(later, earlier)`: calendar days from the second date to the first, an integer."""

    output_field = IntegerField()
    arity = 2

    def as_postgresql(self, compiler, connection, **context):  # type: ignore[no-untyped-def]
        return self.as_sql(
            compiler, connection, template="((%(expressions)s))", arg_joiner="::date - ", **context
        )

    def as_sqlite(self, compiler, connection, **context):  # type: ignore[no-untyped-def]
        return self.as_sql(
            compiler,
            connection,
            template="CAST(julianday(%(expressions)s) AS INTEGER)",
            arg_joiner=") - julianday(",
            **context,
        )
