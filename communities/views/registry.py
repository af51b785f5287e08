"""The registry: every community of the branch in one table, and what a coordinator does with one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from communities.actions.listing import set_listing
from communities.choices import Direction, Listing
from communities.filters.registry import RegistryFilterSet
from communities.models import CensusRecord, Community
from communities.querysets.registry import registry_rows
from communities.tables.writing import write_csv, write_xlsx
from hub.approvals import Refused, revisions_of
from hub.choices import State
from hub.permissions import check, staff_page

PAGE = 50
#: A table longer than this is no table for people; the file says where it ends.
MOST_EXPORTED = 20_000


class Column(NamedTuple):
    code: str
    label: Any
    number: bool = False


COLUMNS = (
    Column("name", gettext_lazy("Сообщество")),
    Column("listing", gettext_lazy("Показ")),
    Column("state", gettext_lazy("Запись")),
    Column("work", gettext_lazy("В работе")),
    Column("direction", gettext_lazy("Направление")),
    Column("district", gettext_lazy("Район")),
    Column("leader", gettext_lazy("Лидер")),
    Column("people", gettext_lazy("Участников"), number=True),
    Column("round", gettext_lazy("Раунд")),
    Column("fresh", gettext_lazy("Подтверждено")),
)
_DIRECTIONS = dict(Direction.choices)
_STATES = dict(State.choices)


def _asked(request: HttpRequest) -> tuple[RegistryFilterSet, bool]:
    """The table as asked for, and whether the visitor is a coordinator."""
    branch = request.branch  # type: ignore[attr-defined]
    coordinator = request.user.has_perm("communities.view_queue", branch)
    return RegistryFilterSet(
        request.GET, registry_rows(branch, everything=coordinator), branch=branch
    ), coordinator


def cells(community: Community) -> dict[str, str | int | None]:
    """What the table and the file show of one community, column by column."""
    record = community.current
    place = (record.district or record.city or record.city_text or "") if record else ""
    return {
        "name": community.shown_name,  # type: ignore[attr-defined]
        "listing": community.get_listing_display(),
        "state": record.get_state_display() if record else _("Ещё не одобряли"),
        "work": str(_STATES.get(community.work, "")),  # type: ignore[attr-defined]
        "direction": ", ".join(str(_DIRECTIONS.get(code, code)) for code in record.directions)
        if record
        else "",
        "district": str(place),
        "leader": community.leader or "",  # type: ignore[attr-defined]
        "people": record.participants if record else None,
        "round": record.round.year if record else None,
        "fresh": f"{record.confirmed_on:%d.%m.%Y}" if record and record.confirmed_on else "",
    }


def _link(request: HttpRequest, **changed: str) -> str:
    asked = request.GET.copy()
    asked.pop("page", None)
    for name, value in changed.items():
        asked[name] = value
    return f"?{asked.urlencode()}"


def _heads(request: HttpRequest, sort: str) -> list[dict[str, Any]]:
    heads = []
    for column in COLUMNS:
        up, down = sort == column.code, sort == f"-{column.code}"
        heads.append(
            {
                "label": column.label,
                "number": column.number,
                "sort": _link(request, sort=f"-{column.code}" if up else column.code),
                "sorted": "ascending" if up else "descending" if down else "",
            }
        )
    return heads


@require_GET
@staff_page("communities.view_registry")
def registry(request: HttpRequest) -> HttpResponse:
    asked, coordinator = _asked(request)
    # Thousands are sorted by their keys alone; what the table shows is read of one page.
    page = Paginator(asked.ordered.values_list("pk", flat=True), PAGE).get_page(request.GET.get("page"))
    keys = list(page)
    shown = asked.queryset.in_bulk(keys)
    context = {
        "filter": asked,
        "chosen": sum(bool(value) for name, value in request.GET.items() if name in asked.filters),
        "page": page,
        "rows": [{"community": shown[key], **cells(shown[key])} for key in keys],
        "heads": _heads(request, asked.sort),
        "sort": asked.sort,
        "coordinator": coordinator,
        "here": request.get_full_path(),
        "exports": {
            kind: reverse("registry-export", args=[kind]) + _link(request) for kind in ("xlsx", "csv")
        },
        "without_leader": _link(request, leader="none"),
    }
    return render(request, "communities/registry_list.html", context)


@require_GET
@staff_page("communities.view_registry")
def registry_export(request: HttpRequest, kind: str) -> HttpResponse:
    """Exactly the rows and columns that the table shows, in its order."""
    asked, _coordinator = _asked(request)
    heads = [str(column.label) for column in COLUMNS]
    lines: Iterable[list[str | int | None]] = (
        list(cells(community).values()) for community in asked.ordered[:MOST_EXPORTED].iterator(500)
    )
    write, content_type = {
        "csv": (write_csv, "text/csv; charset=utf-8"),
        "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    }[kind]
    name = f"registry-{timezone.localdate():%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(write(heads, lines), content_type=content_type, headers=headers)


_SAID = {
    Listing.LISTED: gettext_lazy("%(name)s: снова в каталоге."),
    Listing.UNLISTED: gettext_lazy("%(name)s: в каталоге больше не видно."),
    Listing.ARCHIVED: gettext_lazy("%(name)s: в архиве."),
}
_STEPS = {
    "list": gettext_lazy("В каталоге"),
    "unlist": gettext_lazy("Убрано из каталога"),
    "archive": gettext_lazy("В архиве"),
    "merge": gettext_lazy("Объединено"),
    "unmerge": gettext_lazy("Объединение отменено"),
    "tell_apart": gettext_lazy("Названо не дублем"),
    "place": gettext_lazy("Указан город"),
}


@require_GET
@staff_page("communities.view_registry")
def registry_community(request: HttpRequest, pk: int) -> HttpResponse:
    """One community: its people, its records of all rounds, its path through the registry."""
    asked, coordinator = _asked(request)
    community = get_object_or_404(asked.queryset.select_related("branch"), pk=pk)
    records = CensusRecord.objects.of_community(community).select_related(
        "round", "submitted_by", "decided_by"
    )
    if not coordinator:
        records = records.exclude(state__in=[State.DRAFT, State.SUBMITTED, State.RETURNED])
    context = {
        "community": community,
        "record": community.current,
        "records": records.only(
            "state", "submitted_at", "decided_at", "round__year", "submitted_by", "decided_by"
        ),
        "coordinator": coordinator,
        "stewards": community.stewardships.select_related("user").order_by("pk") if coordinator else [],
        "steps": [
            {
                "title": _STEPS.get(step.action, step.action),
                "at": step.at,
                "note": f"{step.actor or ''}",
                "state": "done",
            }
            for step in revisions_of(community)
            if step.action in _STEPS
        ],
        "merged": community.merged_from.select_related("current"),
        "here": request.path,
    }
    return render(request, "communities/registry_community.html", context)


@require_POST
@staff_page("communities.merge_community")
def registry_listing(request: HttpRequest, pk: int, listing: str) -> HttpResponse:
    """Into the catalogue, out of it, into the archive; the answer offers the way back."""
    community = get_object_or_404(Community.objects.in_branch(request.branch).with_record(), pk=pk)  # type: ignore[attr-defined]
    check(request, "communities.merge_community", community)
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    if not (ours and back.startswith("/")):
        back = reverse("registry-community", args=[pk])
    try:
        before = set_listing(community, listing, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    undo = reverse("registry-listing", args=[pk, before]) if before != listing else ""
    messages.success(request, _SAID[Listing(listing)] % {"name": community}, extra_tags=undo)
    return redirect(back)
