"""Taking a table into the registry: read it, say the fate of every row, make it true, all or nothing.

The fates are worked out twice: for the person who looks at the dry run, and again inside the import,
under the lock of its branch: what happened in between, another import of the same file too, is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.actions.fates import plan_rows
from communities.actions.registering import register_rows, update_row
from communities.actions.search import refresh_search_words
from communities.choices import Direction, Fate, ImportStage, Listing
from communities.models import ImportBatch, ImportRow
from communities.tables import (
    FIELDS,
    Places,
    guess_mapping,
    has_header,
    mask_contacts,
    places_of,
    read_table,
    without_personal,
    without_title,
    write_csv,
    write_xlsx,
)
from hub.approvals import AlreadyDecided, Refused, record_revision
from hub.celery import app
from hub.models import Branch, City, District, User

log = structlog.get_logger(__name__)

CHUNK = 500
#: Classes of advisory locks: one import of a batch, one import into a branch at a time.
_BATCH_LOCK, _BRANCH_LOCK = 7301, 7302


def places(branch: Branch | None) -> Places:
    """The cities of `branch`, or of the whole country."""
    cities = City.objects.filter(branch=branch) if branch else City.objects.all()
    districts = District.objects.filter(city__in=cities)
    return places_of(
        cities.values_list("pk", "branch_id", "name", "region"),
        districts.values_list("pk", "city_id", "name"),
    )


def _places_of(batch: ImportBatch) -> Places:
    return places(None if batch.is_national else batch.branch)


@transaction.atomic
def receive_table(
    branch: Branch,
    *,
    filename: str,
    content: bytes,
    by: User | None,
    encoding: str = "",
    header: bool | None = None,
    national: bool = False,
) -> tuple[ImportBatch, list[str]]:
    """Keep the table of a file, its columns guessed; with it the headings of columns left out as personal.

    The file itself is not kept, nor are columns about people, telephone numbers and addresses in texts:
    nobody has asked these people. Raises TableRefused.
    """
    table = without_title(read_table(content, encoding=encoding))
    table, dropped = without_personal(table)
    table = [[mask_contacts(cell) for cell in row] for row in table]
    batch = ImportBatch(
        branch=branch, filename=filename[-200:], table=table, created_by=by, is_national=national
    )
    batch.has_header = has_header(table) if header is None else header
    batch.mapping = guess_mapping(table, header=batch.has_header, cities=_places_of(batch).names)
    batch.save()
    record_revision(batch, "receive", by=by)
    return batch, dropped


@transaction.atomic
def map_columns(batch: ImportBatch, mapping: Mapping[str, int], *, header: bool, by: User | None) -> None:
    """Say what the columns are and plan the import anew. Raises Refused without a column of names."""
    batch = _lock(batch)
    if unknown := set(mapping) - set(FIELDS):
        raise ValueError(unknown)
    if "name" not in mapping:
        raise Refused(_("Укажите, в каком столбце названия сообществ: без него строки не прочитать."))
    batch.mapping, batch.has_header = dict(mapping), header
    batch.save(update_fields=["mapping", "has_header"])
    plan_import(batch)


@transaction.atomic
def plan_import(batch: ImportBatch) -> None:
    """Write the fate of every row, changing nothing in the registry. Raises Refused, AlreadyDecided."""
    batch = _lock(batch)
    if batch.stage in (ImportStage.RUNNING, ImportStage.DONE):
        raise AlreadyDecided(_("Этот импорт уже запущен: столбцы больше не меняются."))
    _write_plan(batch)
    batch.stage, batch.error = ImportStage.PLANNED, ""
    batch.save(update_fields=["stage", "error"])


@transaction.atomic
def start_import(batch: ImportBatch, *, by: User | None) -> ImportBatch:
    """Ask for the import; a worker makes it. A second click changes nothing."""
    batch = _lock(batch)
    if batch.stage in (ImportStage.PLANNED, ImportStage.FAILED):
        batch.stage, batch.started_at, batch.error = ImportStage.RUNNING, timezone.now(), ""
        batch.save(update_fields=["stage", "started_at", "error"])
        record_revision(batch, "start", by=by)
        # Only a bell: with Redis away, the minute scan finds the batch by its stage.
        transaction.on_commit(lambda: app.send_task("communities.tasks.run_import", [batch.pk]), robust=True)
    return batch


@transaction.atomic
def drop_import(batch: ImportBatch, *, by: User | None) -> None:
    """Throw away a table that was not imported. Raises AlreadyDecided once the import was asked for."""
    batch = _lock(batch)
    if batch.stage in (ImportStage.RUNNING, ImportStage.DONE):
        raise AlreadyDecided(_("Этот импорт уже запущен: отчёт о нём остаётся."))
    record_revision(batch, "drop", by=by)
    batch.delete()


def run_import(batch: ImportBatch) -> bool:
    """Make the plan true in one transaction; False when there is nothing to do (done, or at work elsewhere).

    Whatever goes wrong, nothing of the file is in the registry. A fault of the database leaves the batch
    to the next scan; any other marks it as failed, for a person to try again.
    """
    try:
        with transaction.atomic():
            touched = _run(batch.pk)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("import_failed", batch=batch.pk)
        words = (
            str(error) if isinstance(error, Refused) else _("Внутренняя ошибка, о ней уже записано в журнал.")
        )
        ImportBatch.objects.filter(pk=batch.pk, stage=ImportStage.RUNNING).update(
            stage=ImportStage.FAILED, error=words[:300]
        )
        return False
    for branch in Branch.objects.filter(pk__in=touched or ()):
        refresh_search_words(branch)
    return touched is not None


def progress(batch: ImportBatch) -> int:
    """Rows done so far. Kept in the cache: the import's own transaction shows nothing until it ends.

    Without Redis the page says that the import is under way, and nothing more precise.
    """
    return batch.done_rows or cache.get(_progress_key(batch.pk)) or 0


# --- inside ----------------------------------------------------------------------------------------


def _lock(batch: ImportBatch) -> ImportBatch:
    found = ImportBatch.objects.select_for_update(of=("self",)).select_related("branch").filter(pk=batch.pk)
    fresh = found.first()
    if fresh is None:
        raise AlreadyDecided(_("Эту таблицу уже убрали, в реестре ничего не изменилось."))
    return fresh


def _progress_key(pk: int) -> str:
    return f"import-progress:{pk}"


def _write_plan(batch: ImportBatch) -> None:
    if "name" not in batch.mapping:
        raise Refused(_("Не видно столбца с названиями. Укажите, где он."))
    batch.rows.all().delete()
    ImportRow.objects.bulk_create(plan_rows(batch, _places_of(batch)), batch_size=CHUNK)
    if not batch.rows.exists():
        raise Refused(_("В таблице есть заголовки, но нет ни одной строки с сообществом."))


def _run(pk: int) -> set[int] | None:
    """The branches that changed; None when the import is not ours to make."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_BATCH_LOCK, pk])
        if not cursor.fetchone()[0]:
            return None
    batch = ImportBatch.objects.select_related("branch", "created_by").get(pk=pk)
    if batch.stage != ImportStage.RUNNING:
        return None
    branches = Branch.objects.all() if batch.is_national else Branch.objects.filter(pk=batch.branch_id)
    with connection.cursor() as cursor:
        for branch in sorted(branches.values_list("pk", flat=True)):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_BRANCH_LOCK, branch])
    _write_plan(batch)
    touched: set[int] = set()
    done = 0
    for fate in (Fate.UPDATE, Fate.NEW):
        rows = batch.rows.filter(fate=fate).order_by("number")
        last = 0
        while chunk := list(rows.filter(number__gt=last)[:CHUNK]):
            last = chunk[-1].number
            touched |= {row.branch_id for row in chunk}
            if fate == Fate.NEW:
                register_rows(chunk, by=batch.created_by, note=batch.filename)
            else:
                for row in chunk:
                    update_row(row, by=batch.created_by)
            done += len(chunk)
            cache.set(_progress_key(pk), done, 3600)
    _point_at_twins(batch)
    # The rows have taken over what the report needs; whatever else the table held is let go.
    batch.stage, batch.finished_at, batch.table = ImportStage.DONE, timezone.now(), []
    batch.done_rows = batch.rows.count()
    batch.save(update_fields=["stage", "finished_at", "table", "done_rows"])
    record_revision(batch, "import", by=batch.created_by)
    return touched


def _point_at_twins(batch: ImportBatch) -> None:
    """A row that repeats another of the same file resembles the community which that one became."""
    for row in batch.rows.filter(fate=Fate.DUPLICATE, values__has_key="twin"):
        row.community = batch.rows.get(number=row.values["twin"]).community
        row.save(update_fields=["community"])


def report(batch: ImportBatch, kind: str) -> bytes:
    """The fate of every row as a file, "xlsx" or "csv"."""
    columns = [
        _("Строка"),
        _("Что стало"),
        _("Почему"),
        *(str(FIELDS[name]) for name in _REPORTED),
        _("Страница"),
    ]
    write = write_csv if kind == "csv" else write_xlsx
    return write(columns, map(_report_row, batch.rows.select_related("community").iterator(chunk_size=CHUNK)))


_REPORTED = ("name", "city", "direction", "short", "vk", "telegram", "site")


def _report_row(row: ImportRow) -> list[str | int]:
    values = row.values
    directions = ", ".join(str(Direction(code).label) for code in values.get("directions", ()))
    said = {**values, "city": values.get("city_text", ""), "direction": directions}
    shown = row.community if row.community and row.community.listing == Listing.LISTED else None
    return [
        row.number,
        str(row.get_fate_display()),
        row.reason,
        *(said.get(name, "") for name in _REPORTED),
        shown.get_absolute_url() if shown else "",
    ]


def totals(batch: ImportBatch) -> dict[str, Any]:
    """Rows by fate, all rows, and those that wait for a person."""
    fates = batch.rows.by_fate()
    return {
        "fates": fates,
        "rows": sum(fates.values()),
        "waiting": batch.rows.filter(needs_person=True, settled_at=None).count(),
    }
