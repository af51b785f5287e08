"""After a test that commits: its rows go, and nothing else is done.

Loaded by `-p tests.emptying`. Django truncates every table, a file or five each, and then writes the kinds of
content and the permissions anew: a quarter of a second after a test that wrote ten rows.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection

#: Written by `migrate`, and by nobody else.
KEPT = {"django_content_type", "auth_permission"}


@cache
def _deletions() -> str:
    quote = connection.ops.quote_name
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    # Within it no trigger speaks: neither that rows stay as they are, nor that a table still points here.
    return "SET LOCAL session_replication_role = replica;" + ";".join(
        f"DELETE FROM {quote(table)}" for table in sorted(set(tables) - KEPT)
    )


def pytest_configure() -> None:
    from django.test import TransactionTestCase

    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty(case: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if not cursor.fetchone()[0]:
                return flush(case)  # only a superuser silences triggers
            cursor.execute(_deletions())

    TransactionTestCase._fixture_teardown = empty  # type: ignore[attr-defined]
