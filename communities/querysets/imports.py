"""Reads of imports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.db.models import Count, Q, QuerySet

from communities.choices import Fate, ImportStage

if TYPE_CHECKING:
    from hub.models import Branch


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

    def known_by(self, keys: Iterable[str]) -> Self:
        return self.for_person().filter(key__in=keys)

    def by_fate(self) -> dict[str, int]:
        """How many rows share each fate, fates in their own order, also those of no row."""
        counted = dict(self.order_by().values_list("fate").annotate(n=Count("pk")))
        return {fate: counted.get(fate, 0) for fate in Fate.values}
