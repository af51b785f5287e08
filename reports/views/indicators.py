"""The dashboard, and every figure opened down to its records and their proof."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import validate_slug
from django.db.models import CharField, Count, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hub.approvals import revisions_of
from hub.models import Branch
from hub.permissions import staff_page
from reports import actions
from reports.forms import PlanForm
from reports.kpis import BY_CODE, KPIS, Kpi
from reports.kpis.definition import share_of_year
from reports.kpis.standing import Standing, standing
from reports.kpis.trend import chart
from reports.models import Datum, Plan
from reports.views.tables import table_file

PAGE = 25


def asked_branch(request: HttpRequest) -> Branch:
    """The branch of `?branch=`, for those who may see its figures; else the one of the host."""
    slug = request.GET.get("branch")
    if not slug:
        return request.branch  # type: ignore[attr-defined]
    try:
        validate_slug(slug)
    except ValidationError:
        raise Http404 from None
    branch = get_object_or_404(Branch, slug=slug)
    if not request.user.has_perm("reports.view_indicators", branch):
        raise Http404
    return branch


def _frame(request: HttpRequest, branch: Branch) -> dict[str, Any]:
    """Whose figures are shown, and what addresses carry when it is not the branch of the host."""
    away = f"?branch={branch.slug}" if branch.pk != request.branch.pk else ""  # type: ignore[attr-defined]
    return {"shown_branch": branch, "elsewhere": away, "elsewhere_more": away.replace("?", "&")}


def asked_kpi(code: str) -> Kpi:
    if code not in BY_CODE:
        raise Http404
    return BY_CODE[code]


def _today(branch: Branch) -> date:
    return timezone.localdate(timezone=branch.tz)


def _facts(evidence: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """Every figure as the number of its rows; one query for all of them."""
    first, *others = (
        rows.order_by().values(code=Value(code, CharField())).annotate(n=Count("pk"))
        for code, rows in evidence.items()
    )
    counted = first.union(*others, all=True)
    return dict.fromkeys(evidence, 0) | {row["code"]: row["n"] for row in counted}


def _month_rows(months: dict[int, int], stands: Standing, today: date) -> list[dict[str, Any]]:
    """The chart as a table: one line a month, the running month with today's figure."""
    known = {month: value for month, value in months.items() if month < today.month} | {
        today.month: stands.fact
    }
    lines, before = [], None
    for month, value in sorted(known.items()):
        lines.append(
            {
                "month": date(today.year, month, 1),
                "value": value,
                "growth": None if before is None else value - before,
                "plan": round(stands.target * month / 12) if stands.target else None,
                "now": month == today.month,
            }
        )
        before = value
    return lines


@require_safe
@staff_page("reports.view_indicators")
def kpi_dashboard(request: HttpRequest) -> HttpResponse:
    """Every figure against its plan, and one of them (`?figure=`, else the first) through the year."""
    branch = asked_branch(request)
    today = _today(branch)
    shown = BY_CODE.get(request.GET.get("figure", ""), KPIS[0])
    evidence = {kpi.code: kpi.evidence(branch, today.year) for kpi in KPIS}
    facts = _facts(evidence)
    plans = Plan.objects.in_branch(branch).of_year(today.year).values_list("indicator__code", "target")
    targets = dict(plans)
    data = Datum.objects.in_branch(branch).between(date(today.year, 1, 1), today).by_month()
    figures = [
        {
            "kpi": kpi,
            "standing": standing(facts[kpi.code], targets.get(kpi.code), data.get(kpi.code, {}), today),
            "here": kpi is shown,
        }
        for kpi in KPIS
    ]
    frame = _frame(request, branch)
    address = reverse("kpi-dashboard")
    stands = next(figure["standing"] for figure in figures if figure["here"])
    context = {
        "figures": figures,
        "figure": _through_the_year(
            shown, branch, evidence[shown.code], stands, data.get(shown.code, {}), today
        ),
        "choices": [
            {
                "label": kpi.name,
                "here": kpi is shown,
                "href": f"{address}?figure={kpi.code}{frame['elsewhere_more']}#figure",
            }
            for kpi in KPIS
        ],
        **frame,
        "today": today,
        "year": today.year,
        "can_plan": branch.pk == request.branch.pk and request.user.has_perm("reports.set_plan", branch),  # type: ignore[attr-defined]
        "passed": round(100 * share_of_year(today)),
    }
    return render(request, "reports/kpi_dashboard.html", context)


def _through_the_year(
    kpi: Kpi, branch: Branch, rows: QuerySet[Any], stands: Standing, months: dict[int, int], today: date
) -> dict[str, Any]:
    """One figure by month, what it is made of, and what would add to it."""
    here = today.month
    return {
        "kpi": kpi,
        "standing": stands,
        "months": _month_rows(months, stands, today),
        "charts": {
            "wide": chart(months, here, stands, width=760, height=348),
            "narrow": chart(months, here, stands, width=330, height=240, every=2),
        },
        "contributions": kpi.contributions(branch, rows),
        "work": kpi.work(branch, rows),
        "work_template": f"reports/work/{kpi.code}.html",
    }


def _filtered(
    kpi: Kpi, branch: Branch, request: HttpRequest, year: int
) -> tuple[QuerySet[Any], list[dict[str, Any]]]:
    """Rows as the address asks, and the filters as they are drawn; an unknown value filters nothing."""
    rows = kpi.evidence(branch, year)
    filters = []
    months = [(str(n), date(year, n, 1)) for n in range(1, 13)]
    asked = request.GET.get("month", "")
    if asked in dict(months):
        rows = rows.filter(counted_at__year=year, counted_at__month=int(asked))
    filters.append({"name": "month", "label": _("Месяц"), "choices": months, "value": asked})
    for cut in kpi.cuts:
        choices, asked = cut.choices(branch), request.GET.get(cut.name, "")
        if asked in dict(choices):
            rows = rows.filter(**{cut.path: asked})
        filters.append({"name": cut.name, "label": cut.one, "choices": choices, "value": asked})
    for field in filters:
        if field["value"] not in dict(field["choices"]):
            field["value"] = ""
    return rows, filters


@require_safe
@staff_page("reports.view_indicators")
def kpi_evidence(request: HttpRequest, code: str) -> HttpResponse:
    """The very records that the figure counts; the filters narrow both together."""
    kpi, branch = asked_kpi(code), asked_branch(request)
    today = _today(branch)
    rows, filters = _filtered(kpi, branch, request, today.year)
    page = Paginator(kpi.shown(rows), PAGE).get_page(request.GET.get("page"))
    context = {
        "kpi": kpi,
        **_frame(request, branch),
        "year": today.year,
        "page": page,
        "filters": filters,
        "narrowed": any(field["value"] for field in filters),
        "rows_template": f"reports/rows/{kpi.code}.html",
    }
    return render(request, "reports/kpi_evidence.html", context)


@require_safe
@staff_page("reports.view_indicators")
def kpi_table(request: HttpRequest, code: str) -> HttpResponse:
    """What the evidence page shows, all pages of it, as a spreadsheet."""
    kpi, branch = asked_kpi(code), asked_branch(request)
    today = _today(branch)
    rows, _filters = _filtered(kpi, branch, request, today.year)
    name = f"{kpi.code}-{branch.slug}-{today.isoformat()}"
    return table_file(name, str(kpi.name), [kpi.cells(row) for row in kpi.shown(rows)])


@require_safe
@staff_page("reports.view_indicators")
def kpi_proof(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One counted row: what was approved, by whom, when."""
    kpi, branch = asked_kpi(code), asked_branch(request)
    year = _today(branch).year
    row = get_object_or_404(kpi.shown(kpi.evidence(branch, year)), pk=pk)
    proof = kpi.proof(row)
    context = {
        "kpi": kpi,
        **_frame(request, branch),
        "year": year,
        "row": row,
        "proof": proof,
        "trail": revisions_of(proof),
        "proof_template": f"reports/proofs/{kpi.code}.html",
    }
    return render(request, "reports/kpi_proof.html", context)


@staff_page("reports.set_plan")
def kpi_plan(request: HttpRequest, code: str) -> HttpResponse:
    """The coordinator says how much the branch promises."""
    kpi, branch = asked_kpi(code), request.branch  # type: ignore[attr-defined]
    year = _today(branch).year
    plan = Plan.objects.of(branch, kpi.code, year)
    initial = {"year": year, "target": plan.target if plan else None}
    form = PlanForm(request.POST or None, kpi=kpi, this_year=year, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.set_plan(branch, kpi, said["year"], said["target"], by=request.user)
        messages.success(request, _("План на %(year)s год сохранён.") % {"year": said["year"]})
        return redirect("kpi-dashboard")
    context = {
        "kpi": kpi,
        "form": form,
        "trail": revisions_of(plan)[:20] if plan else [],
    }
    return render(request, "reports/kpi_plan.html", context, status=422 if form.errors else 200)
