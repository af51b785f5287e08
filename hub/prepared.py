"""Queries that Django writes once a process and Postgres plans once a connection.

Putting a query of several joins together costs Django some milliseconds, and planning it costs Postgres
one more: both more than answering it. On the few pages that must be fast the sentence is therefore
written once, with marks in the place of values; later calls only put other values in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from psycopg.types.datetime import TimestamptzLoader

#: A value of each kind that no query has for itself.
_MARKS: dict[type, Callable[[int], Any]] = {
    int: lambda at: 2_000_000_011 + at,
    str: lambda at: f"mark-{at}-of-prepared",
    datetime: lambda at: datetime(2999, 1, 1 + at, tzinfo=UTC),
    date: lambda at: date(2999, 1, 1 + at),
    list: lambda at: [2_000_000_011 + at],
}


class Prepared:
    """`Prepared(make, "slug", int)`: `make` is called once with marks of these kinds.

    `make` returns `.values(…)`; every mark must come through to the parameters unchanged, so the values
    stand in plain comparisons only.
    """

    def __init__(self, make: Callable[..., QuerySet], *kinds: type) -> None:
        self._make, self._kinds = make, kinds
        self._ready: tuple[str, list[Any], list[str], Any] | None = None

    def _prepare(self) -> tuple[str, list[Any], list[str], Any]:
        marks = [_MARKS[kind](at) for at, kind in enumerate(self._kinds)]
        query = self._make(*marks).query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        names = [*query.extra_select, *query.values_select, *query.annotation_select]
        converters = compiler.get_converters([column[0] for column in compiler.select])
        places = [
            # Some columns wrap their numbers in a subclass of int.
            marks.index(value) if isinstance(value, int | str | date | list) and value in marks else None
            for value in params
        ]
        if {place for place in places if place is not None} != set(range(len(marks))):
            raise ValueError("A mark did not come through to the parameters of the query.")
        slots = [(place, value) for place, value in zip(places, params, strict=True)]
        self._ready = (sql, slots, names, (compiler, converters))
        return self._ready

    def __call__(self, *values: Any) -> list[dict[str, Any]]:
        """The rows for these values."""
        sql, slots, names, (compiler, converters) = self._ready or self._prepare()
        params = [value if place is None else values[place] for place, value in slots]
        with _cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        if converters:
            rows = compiler.apply_converters((list(row) for row in rows), converters)
        return [dict(zip(names, row, strict=True)) for row in rows]


def _cursor() -> CursorWrapper:
    """A cursor that sends values beside the query; Django's own writes them into it, so no plan could stay.

    How soon a plan is kept says `prepare_threshold` in the settings. Whoever looks on sees whole queries.
    """
    connection.ensure_connection()
    if connection.queries_logged:
        return connection.cursor()
    bare: Any = psycopg.Cursor(connection.connection)
    # Moments come in UTC either way; Django's own loader takes some microseconds for each, this one none.
    bare.adapters.register_loader("timestamptz", TimestamptzLoader)
    return connection.make_cursor(bare)
