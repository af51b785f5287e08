"""All branches by the same figures, for the federal centre."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hub.models import Branch
from hub.permissions import staff_page
from reports.kpis import KPIS
from reports.kpis.standing import standing
from reports.models import Plan


def _lines(year: int) -> list[dict[str, Any]]:
    """Every branch with its figures (in the order of KPIS) and its coverage."""
    branches = list(Branch.objects.all())
    targets = {
        (plan.branch_id, plan.indicator.code): plan.target
        for plan in Plan.objects.of_year(year).select_related("indicator")
    }
    whole = KPIS[0].whole(branches)
    counts = {kpi.code: kpi.count_by_branch(branches, year) for kpi in KPIS}
    lines = []
    for branch in branches:
        today = timezone.localdate(timezone=branch.tz)
        figures = [
            standing(counts[kpi.code][branch.pk], targets.get((branch.pk, kpi.code)), {}, today)
            for kpi in KPIS
        ]
        listed = whole[branch.pk]
        lines.append(
            {
                "branch": branch,
                "figures": figures,
                "listed": listed,
                "coverage": 100 * figures[0].fact / listed if listed else None,
            }
        )
    return lines


def _columns(asked: str) -> list[dict[str, Any]]:
    """Headers with the address that sorts by them; the largest first, names by the alphabet."""
    named = [
        ("name", _("Отделение")),
        *((kpi.code, kpi.name) for kpi in KPIS),
        ("coverage", _("Охват переписи")),
    ]
    key, down = asked.removeprefix("-"), asked.startswith("-")
    columns = []
    for code, label in named:
        sorted_ = ("descending" if down else "ascending") if code == key else ""
        turned = {"ascending": f"-{code}", "descending": code}.get(
            sorted_, code if code == "name" else f"-{code}"
        )
        columns.append({"code": code, "label": label, "sort": f"?sort={turned}", "sorted": sorted_})
    return columns


def _key(code: str) -> Any:
    """What a line is sorted by; a figure without its base stands below every other."""
    places = {kpi.code: place for place, kpi in enumerate(KPIS)}
    if code == "coverage":
        return lambda line: -1 if line["coverage"] is None else line["coverage"]
    if code in places:
        return lambda line: line["figures"][places[code]].fact
    return lambda line: line["branch"].name.lower().replace("ё", "е")


@require_safe
@staff_page("reports.compare_branches")
def kpi_branches(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("sort", "")
    if asked.removeprefix("-") not in {"name", "coverage", *(kpi.code for kpi in KPIS)}:
        asked = f"-{KPIS[0].code}"
    year = timezone.localdate().year
    lines = sorted(_lines(year), key=_key(asked.removeprefix("-")), reverse=asked.startswith("-"))
    context = {"lines": lines, "columns": _columns(asked), "kpis": KPIS, "year": year}
    return render(request, "reports/kpi_branches.html", context)
