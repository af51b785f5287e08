"""What must hold of the database; run by `migrate` and by `check --database default`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import ProgrammingError, connections, transaction


def _ask(alias: str, sql: str) -> Any:
    """The first value of the first row; None where the table or function is not there yet."""
    try:
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
    except ProgrammingError:
        return None
    return row[0] if row else None


@register(Tags.database)
def letters_are_letters(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """pg_trgm takes letters from LC_CTYPE: under C it sees none in Cyrillic, and search finds nothing."""
    if not databases or _ask("default", "SELECT cardinality(show_trgm('Сочи'))") != 0:
        return []
    return [
        Error(
            "База не знает кириллицы: поиск с опечатками и похожие записи работать не будут.",
            hint="Создайте базу с LC_CTYPE, который знает UTF-8, например C.UTF-8 или ru_RU.UTF-8.",
            id="hub.E001",
        )
    ]


@register(Tags.database)
def demo_only_on_demo(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """The demo city lets its staff in without a second factor: it may not stand on real data."""
    if not (settings.DEMO and databases):
        return []
    if not _ask("default", "SELECT EXISTS (SELECT 1 FROM hub_branch WHERE NOT is_demo)"):
        return []
    return [
        Error(
            "DEMO=1 на базе с настоящим отделением.",
            hint="Уберите DEMO или укажите другую базу: учебный город не работает с настоящими данными.",
            id="hub.E002",
        )
    ]
