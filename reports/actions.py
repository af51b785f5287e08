"""Writes of figures: measuring and planning."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone, translation

from hub.approvals import record_revision
from hub.models import Branch
from reports.kpis import KPIS, Kpi
from reports.models import Datum, Indicator, Plan

if TYPE_CHECKING:
    from hub.models import User


def indicator_row(kpi: Kpi) -> Indicator:
    """The row that plans and measurements of `kpi` hang on, saying what the code says of it."""
    with translation.override("ru"):
        said = {
            "name": str(kpi.name),
            "unit": str(kpi.unit),
            "definition": str(kpi.definition),
            "version": kpi.version,
            "position": KPIS.index(kpi),
        }
    row, created = Indicator.objects.get_or_create(code=kpi.code, defaults=said)
    if not created and any(getattr(row, name) != value for name, value in said.items()):
        Indicator.objects.filter(pk=row.pk).update(**said)
        row.refresh_from_db()
    return row


def record_indicators(branches: Collection[Branch] | None = None, *, now: datetime | None = None) -> int:
    """Write down what every indicator is today in each of `branches` (all of them); return how many figures.

    A day has one figure, by the branch's own calendar: running again, later or in parallel measures anew
    and replaces it.
    """
    now = now or timezone.now()
    every = sorted(Branch.objects.all() if branches is None else branches, key=lambda branch: branch.pk)
    written = 0
    for kpi in KPIS:
        row = indicator_row(kpi)
        days = {branch: timezone.localtime(now, branch.tz).date() for branch in every}
        for year in {day.year for day in days.values()}:
            here = [branch for branch, day in days.items() if day.year == year]
            counts = kpi.count_by_branch(here, year)
            data = [
                Datum(branch=b, indicator=row, on=days[b], value=counts[b.pk], version=kpi.version)
                for b in here
            ]
            Datum.objects.bulk_create(
                data,
                update_conflicts=True,
                unique_fields=["branch", "indicator", "on"],
                update_fields=["value", "version", "measured_at"],
            )
            written += len(data)
    return written


@transaction.atomic
def set_plan(branch: Branch, kpi: Kpi, year: int, target: int, *, by: User | None) -> Plan:
    """Promise `target` of `kpi` for `year`; saying the same again leaves no trace."""
    indicator = indicator_row(kpi)
    plan, created = Plan.objects.select_for_update().get_or_create(
        branch_id=branch.pk, indicator=indicator, year=year, defaults={"target": target}
    )
    if not created and plan.target == target:
        return plan
    note = str(target) if created else f"{plan.target} → {target}"
    plan.target = target
    plan.save(update_fields=["target"])
    record_revision(plan, "set_plan", by=by, note=note, changed=["target"])
    # A plan is shown beside a figure from its first minute on.
    record_indicators([branch])
    return plan
