"""Two entries of one community: what survives, merging, taking it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from communities.actions.merging import merge_communities, undo_merge
from communities.diff import FIELDS, compare, with_pictures
from communities.models import Community, Contact, Merge
from hub.approvals import Refused
from hub.permissions import check, staff_page

PAGE = 30
_PARTS = ("current__city", "current__district", "current__logo", "current__round", "branch")


def _pair(request: HttpRequest, source: int, target: int) -> tuple[Community, Community]:
    rows = Community.objects.in_branch(request.branch).select_related(*_PARTS)  # type: ignore[attr-defined]
    return get_object_or_404(rows, pk=source), get_object_or_404(rows, pk=target)


@staff_page("communities.merge_community")
def merge_preview(request: HttpRequest, source: int, target: int) -> HttpResponse:
    """Which answers, people and pictures survive, what leads where; POST merges."""
    gone, stays = _pair(request, source, target)
    check(request, "communities.merge_community", stays)
    if request.method == "POST":
        take = [name for name in FIELDS if request.POST.get(name) == "source"]
        try:
            merge = merge_communities(gone, stays, by=request.user, take=take)  # type: ignore[arg-type]
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("merge-preview", source, target)
        messages.success(
            request,
            _("«%(source)s» объединено с «%(target)s».") % {"source": gone, "target": stays},
            extra_tags=reverse("merge-undo", args=[merge.pk]),
        )
        return redirect("registry-community", stays.pk)
    people = {row.pk: list(row.stewardships.select_related("user").order_by("pk")) for row in (gone, stays)}
    context = {
        "source": gone,
        "target": stays,
        "rows": _differences(gone, stays),
        "people": [
            (steward, steward.user_id in {s.user_id for s in people[stays.pk]}) for steward in people[gone.pk]
        ],
        "team": people[stays.pk],
        "contacts": Contact.objects.filter(stewardship__community=gone).count(),
        "unfinished": gone.records.in_work().first(),
        "busy": stays.records.in_work().first(),
    }
    return render(request, "communities/merge_preview.html", context)


def _differences(gone: Community, stays: Community) -> list[dict[str, Any]]:
    """Fields that the two answer differently; the gone one's answer is offered where the other has none."""
    if gone.current is None or stays.current is None:
        return []
    with_pictures(gone.current, stays.current)
    # Side by side, not one after the other: without the marks of what went and what came.
    here, there = compare(None, stays.current), compare(None, gone.current)
    changed = {diff.name for diff in compare(stays.current, gone.current) if diff.changed}
    return [
        {"name": kept.name, "label": kept.label, "stays": kept.new, "goes": taken.new, "take": not kept.new}
        for kept, taken in zip(here, there, strict=True)
        if kept.name in changed and taken.new
    ]


@require_GET
@staff_page("communities.merge_community")
def merge_list(request: HttpRequest) -> HttpResponse:
    merges = (
        Merge.objects.filter(target__branch=request.branch)  # type: ignore[attr-defined]
        .select_related("source__current", "target__current", "by", "undone_by")
        .order_by("-pk")
    )
    page = Paginator(merges, PAGE).get_page(request.GET.get("page"))
    return render(request, "communities/merge_list.html", {"page": page})


@require_POST
@staff_page("communities.merge_community")
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    merge = get_object_or_404(Merge.objects.filter(target__branch=request.branch), pk=pk)  # type: ignore[attr-defined]
    check(request, "communities.merge_community", merge.target)
    try:
        undo_merge(merge, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Объединение отменено: всё вернулось на свои места."))
    return redirect("merge-list")
