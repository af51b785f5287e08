"""Reads of plans and measurements, as chainable sentences."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Self

from django.db.models import OuterRef, QuerySet, Subquery

if TYPE_CHECKING:
    from datetime import date

    from hub.models import Branch
    from reports.models import Plan


class PlanQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def of_year(self, year: int) -> Self:
        return self.filter(year=year)

    def public(self) -> Self:
        """Plans of the figures that everybody may see."""
        return self.filter(indicator__is_public=True)

    def with_last_datum(self) -> Self:
        """Each with the newest figure of its year: `value`, measured on the day `on`."""
        measured = self.model._meta.get_field("indicator").related_model._meta.get_field("data").related_model
        newest = measured.objects.filter(
            branch=OuterRef("branch"), indicator=OuterRef("indicator"), on__year=OuterRef("year")
        ).order_by("-on")
        return self.annotate(value=Subquery(newest.values("value")[:1]), on=Subquery(newest.values("on")[:1]))

    def of(self, branch: Branch, code: str, year: int) -> Plan | None:
        return self.filter(branch=branch, indicator__code=code, year=year).first()


class DatumQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def between(self, first: date, last: date) -> Self:
        return self.filter(on__gte=first, on__lte=last).order_by("on")

    def by_month(self) -> dict[str, dict[int, int]]:
        """Code of the indicator → month → its last figure of that month; call on one branch and year."""
        last = self.order_by("indicator__code", "on__month", "-on").distinct("indicator__code", "on__month")
        months: dict[str, dict[int, int]] = defaultdict(dict)
        for code, month, value in last.values_list("indicator__code", "on__month", "value"):
            months[code][month] = value
        return months
