"""The coordinator's import: file → columns → dry run → progress → report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.actions import imports, placing
from communities.choices import Fate, ImportStage
from communities.forms.imports import ImportColumnsForm, ImportUploadForm
from communities.models import ImportBatch, ImportRow
from communities.tables import TableRefused
from hub.approvals import Refused
from hub.models import City
from hub.numbers import number_of
from hub.permissions import staff_page

PERM = "communities.import_census"
PAGE = 50
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def _batch(request: HttpRequest, pk: int, *, table: bool = False) -> ImportBatch:
    batches = ImportBatch.objects.in_branch(request.branch).select_related("branch", "created_by")  # type: ignore[attr-defined]
    return get_object_or_404(batches if table else batches.without_table(), pk=pk)


@require_http_methods(["GET", "POST"])
@staff_page(PERM)
def import_list(request: HttpRequest) -> HttpResponse:
    form = ImportUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            batch, dropped = imports.receive_table(
                request.branch,  # type: ignore[attr-defined]
                filename=form.cleaned_data["file"].name,
                content=form.cleaned_data["file"].read(),
                by=request.user,  # type: ignore[arg-type]
            )
        except TableRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            if dropped:
                messages.info(
                    request,
                    _("Столбцы о людях не взяты, согласия этих людей нет: %(columns)s.")
                    % {"columns": ", ".join(dropped)},
                )
            return redirect("import-columns", batch.pk)
    batches = ImportBatch.objects.in_branch(request.branch).without_table().with_counts()  # type: ignore[attr-defined]
    page = Paginator(batches.select_related("created_by"), 20).get_page(request.GET.get("page"))
    context = {"form": form, "page": page}
    return render(request, "communities/import_list.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_page(PERM)
def import_columns(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk, table=True)
    if batch.stage in (ImportStage.RUNNING, ImportStage.DONE):
        return redirect("import-detail", pk)
    form = ImportColumnsForm(batch, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            imports.map_columns(
                batch,
                form.cleaned_data["mapping"],
                header=form.cleaned_data["has_header"],
                by=request.user,  # type: ignore[arg-type]
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("import-detail", pk)
    context = {"batch": batch, "form": form}
    return render(request, "communities/import_columns.html", context, status=422 if form.errors else 200)


@require_GET
@staff_page(PERM)
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The dry run, the progress or the report: what there is to see now."""
    batch = _batch(request, pk)
    if batch.stage == ImportStage.UPLOADED:
        return redirect("import-columns", pk)
    if batch.stage == ImportStage.RUNNING:
        return render(request, "communities/import_running.html", _progress(batch))
    sums = imports.totals(batch)
    chosen = request.GET.get("fate", "")
    rows = batch.rows.select_related("community__current").order_by("number")
    if chosen in Fate.values:
        rows = rows.filter(fate=chosen)
    elif chosen == "waiting":
        rows = rows.filter(needs_person=True, settled_at=None)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "page": page,
        "tabs": _tabs(sums, chosen),
        "sums": sums,
        "is_done": batch.stage == ImportStage.DONE,
        "cities": City.objects.filter(branch=request.branch) if sums["waiting"] else (),  # type: ignore[attr-defined]
        "has_homeless": any(row.waits_for_city for row in page),
        "changing": sums["fates"][Fate.NEW] + sums["fates"][Fate.UPDATE],
    }
    return render(request, "communities/import_detail.html", context)


def _tabs(sums: dict[str, Any], chosen: str) -> list[dict[str, Any]]:
    tabs = [{"href": "?", "label": _("Все"), "count": sums["rows"], "here": not chosen}]
    tabs += [
        {"href": f"?fate={fate}", "label": Fate(fate).label, "count": count, "here": chosen == fate}
        for fate, count in sums["fates"].items()
        if count
    ]
    if sums["waiting"]:
        tabs.append(
            {
                "href": "?fate=waiting",
                "label": _("Ждут вас"),
                "count": sums["waiting"],
                "here": chosen == "waiting",
            }
        )
    return tabs


def _progress(batch: ImportBatch) -> dict[str, Any]:
    fates = batch.rows.by_fate()
    return {"batch": batch, "done": imports.progress(batch), "rows": fates[Fate.NEW] + fates[Fate.UPDATE]}


@require_GET
@staff_page(PERM)
def import_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The bar alone, asked for every other second; once finished, the browser is sent to the report."""
    batch = _batch(request, pk)
    if batch.stage == ImportStage.RUNNING:
        return render(request, "communities/import_running.html#bar", _progress(batch))
    response = HttpResponse(status=200)
    response["HX-Redirect"] = reverse("import-detail", args=[pk])
    return response


@require_POST
@staff_page(PERM)
def import_start(request: HttpRequest, pk: int) -> HttpResponse:
    imports.start_import(_batch(request, pk), by=request.user)  # type: ignore[arg-type]
    return redirect("import-detail", pk)


@require_POST
@staff_page(PERM)
def import_drop(request: HttpRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    try:
        imports.drop_import(batch, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("import-detail", pk)
    messages.success(
        request, _("Таблица «%(name)s» убрана, в реестре ничего не изменилось.") % {"name": batch.filename}
    )
    return redirect("import-list")


@require_GET
@staff_page(PERM)
def import_report(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    if kind not in _TYPES:
        raise Http404
    batch = _batch(request, pk)
    response = HttpResponse(imports.report(batch, kind), content_type=_TYPES[kind])
    name = slugify(batch.filename.rpartition(".")[0]) or f"import-{batch.pk}"
    response["Content-Disposition"] = f'attachment; filename="{name}-report.{kind}"'
    return response


@require_POST
@staff_page(PERM)
def import_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """A coordinator's word on a row that resembles a community: the same one, or another."""
    rows = ImportRow.objects.in_branch(request.branch).for_person()  # type: ignore[attr-defined]
    row = get_object_or_404(rows.select_related("batch"), pk=pk)
    settle, said = (
        (placing.separate_row, _("«%(name)s» заведено отдельно."))
        if request.POST.get("as") == "separate"
        else (placing.join_row, _("«%(name)s»: запомнили, что это одно и то же."))
    )
    try:
        settle(row, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said % {"name": row.values.get("name", "")})
    return redirect(reverse("import-detail", args=[row.batch_id]) + "?fate=waiting")


@require_POST
@staff_page(PERM)
def import_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Rows of unknown cities, several at once: into a city of ours, or into the archive."""
    batch = _batch(request, pk)
    branch = request.branch  # type: ignore[attr-defined]
    chosen = [key for value in request.POST.getlist("row") if (key := number_of(value))]
    rows = batch.rows.in_branch(branch).waiting().filter(pk__in=chosen)
    city = None
    if request.POST.get("as") != "archive":
        city = get_object_or_404(City, branch=branch, pk=number_of(request.POST.get("city", "")))
    done = 0
    for row in rows:
        try:
            if city:
                placing.place_row(row, city=city, by=request.user)  # type: ignore[arg-type]
            else:
                placing.archive_row(row, by=request.user)  # type: ignore[arg-type]
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            done += 1
    if done:
        said = (
            ngettext("%(n)s сообщество теперь в каталоге.", "%(n)s сообществ теперь в каталоге.", done)
            if city
            else ngettext("%(n)s сообщество убрано в архив.", "%(n)s сообществ убрано в архив.", done)
        )
        messages.success(request, said % {"n": done})
    elif not rows:
        messages.warning(request, _("Отметьте хотя бы одну строку, ничего не изменилось."))
    return redirect(reverse("import-detail", args=[pk]) + "?fate=waiting")
