"""Reads of imports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db import connection
from django.db.models import Count, Q, QuerySet

from communities.choices import Fate, ImportStage
from communities.querysets.duplicates import ALIKE
from hub.choices import State

if TYPE_CHECKING:
    from hub.models import Branch


PUBLIC_OR_WAITING = [State.SUBMITTED, State.RETURNED, State.APPROVED, State.IMPORTED]
_SUSPECTS = """
WITH named AS (SELECT * FROM unnest(%s::int[], %s::int[], %s::text[]) AS n(place, branch, name)),
     paged AS (SELECT * FROM unnest(%s::int[], %s::int[], %s::text[]) AS p(place, branch, page)),
     found AS (
       SELECT named.place, named.branch, r.branch_key, r.state
       FROM named JOIN communities_censusrecord r ON r.name_key %% named.name
       UNION ALL
       SELECT paged.place, paged.branch, r.branch_key, r.state
       FROM paged JOIN communities_censusrecord r ON r.link_keys && ARRAY[paged.page]::varchar[]
     )
SELECT DISTINCT place FROM found WHERE branch = branch_key AND state = ANY(%s)
"""


class ImportBatchQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def without_table(self) -> Self:
        """The table of a batch may be megabytes: lists and progress never read it."""
        return self.defer("table")

    def with_counts(self) -> Self:
        """With `row_count`, and `waiting_count` of rows that a coordinator has to decide on."""
        waiting = Count(
            "rows", filter=Q(rows__needs_person=True, rows__settled_at=None, stage=ImportStage.DONE)
        )
        return self.annotate(row_count=Count("rows"), waiting_count=waiting).order_by("-pk")

    def running(self) -> Self:
        """Asked for and not finished: at work in some worker now, or left behind by one that died."""
        return self.filter(stage=ImportStage.RUNNING).order_by("pk")

    def finished(self) -> Self:
        return self.filter(stage=ImportStage.DONE)


class ImportRowQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def for_person(self) -> Self:
        """Rows of finished imports that a coordinator decides or has decided on."""
        return self.filter(needs_person=True, batch__stage=ImportStage.DONE)

    def waiting(self) -> Self:
        return self.for_person().filter(settled_at=None).order_by("batch", "number")

    def suspects(self, rows: Iterable[tuple[int, str, list[str]]]) -> set[int]:
        """Which of `rows` (branch, name key, own pages) have anybody like them in their branch, by their places.

        One query for hundreds of rows, where looking at each by itself would take most of an import.
        """
        rows = list(rows)
        pages = [(place, branch, page) for place, (branch, _name, own) in enumerate(rows) for page in own]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL pg_trgm.similarity_threshold = %s", [ALIKE])
            cursor.execute(
                _SUSPECTS,
                [
                    list(range(len(rows))),
                    [branch for branch, _name, _own in rows],
                    [name for _branch, name, _own in rows],
                    [place for place, _branch, _page in pages],
                    [branch for _place, branch, _page in pages],
                    [page for _place, _branch, page in pages],
                    PUBLIC_OR_WAITING,
                ],
            )
            return {place for (place,) in cursor.fetchall()}

    def known_by(self, keys: Iterable[str]) -> Self:
        return self.for_person().filter(key__in=keys)

    def by_fate(self) -> dict[str, int]:
        """How many rows share each fate, fates in their own order, also those of no row."""
        counted = dict(self.order_by().values_list("fate").annotate(n=Count("pk")))
        return {fate: counted.get(fate, 0) for fate in Fate.values}
