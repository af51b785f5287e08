"""Rounds of the census: opening, coverage, and the answers of one round beside those of another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from communities.actions.rounds import open_round, plan_round, remind_round
from communities.choices import Listing
from communities.diff import GROUPS, compare, with_pictures
from communities.forms.review import RoundForm
from communities.models import CensusRecord, CensusRound, Community
from communities.querysets.rounds import coverage, rounds_with_coverage, silent
from hub.approvals import Refused
from hub.permissions import staff_page

PAGE = 50


@staff_page("communities.manage_rounds")
def round_list(request: HttpRequest) -> HttpResponse:
    """All rounds; POST plans a new one."""
    branch = request.branch  # type: ignore[attr-defined]
    form = RoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            round_ = plan_round(branch, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refused as refusal:
            form.add_error("year", str(refusal))
        else:
            messages.success(
                request, _("%(round)s: раунд готов. Откройте его, когда придёт время.") % {"round": round_}
            )
            return redirect("round-list")
    rounds = list(rounds_with_coverage(branch))
    for known in rounds:
        known.dialog = f"open-{known.pk}"
    status = 422 if form.errors else 200
    return render(request, "communities/round_list.html", {"rounds": rounds, "form": form}, status=status)


def _round(request: HttpRequest, pk: int) -> CensusRound:
    rounds = CensusRound.objects.for_branch(request.branch).select_related("branch")  # type: ignore[attr-defined]
    return get_object_or_404(rounds, pk=pk)


@require_POST
@staff_page("communities.manage_rounds")
def round_open(request: HttpRequest, pk: int) -> HttpResponse:
    round_ = _round(request, pk)
    try:
        open_round(round_, by=request.user)  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("round-list")
    messages.success(
        request, _("%(round)s открыта: письма лидерам поставлены в очередь.") % {"round": round_}
    )
    return redirect("round-coverage", pk)


@require_GET
@staff_page("communities.view_registry")
def round_coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """How many have answered, who has not, how fresh the registry is."""
    branch, round_ = request.branch, _round(request, pk)  # type: ignore[attr-defined]
    may_manage = request.user.has_perm("communities.manage_rounds", branch)
    page = Paginator(silent(branch, round_), PAGE).get_page(request.GET.get("page"))
    context = {
        "round": round_,
        "counts": coverage(branch, round_),
        "page": page,
        "may_manage": may_manage,
        "may_remind": may_manage and round_.opened_at,
    }
    return render(request, "communities/round_coverage.html", context)


@require_POST
@staff_page("communities.manage_rounds")
def round_remind(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        asked = remind_round(_round(request, pk), request.branch, by=request.user)  # type: ignore[arg-type, attr-defined]
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext(
            "Напомнили: %(n)s лидер. Чаще раза в день письма не уходят.",
            "Напомнили: %(n)s лидеров. Чаще раза в день письма не уходят.",
            asked,
        )
        messages.success(request, said % {"n": asked})
    return redirect("round-coverage", pk)


@require_GET
@login_required
def round_compare(request: HttpRequest, slug: str) -> HttpResponse:
    """A community's approved answers of two rounds side by side; the last against the one before by default."""
    communities = Community.objects.in_branch(request.branch).select_related("current")  # type: ignore[attr-defined]
    community = get_object_or_404(communities, slug=slug)
    if not request.user.has_perm("communities.view_record", community):
        raise PermissionDenied
    of_rounds = _last_of_each_round(community)
    newer = _chosen(request, "b", of_rounds) or (of_rounds[0] if of_rounds else None)
    earlier = [record for record in of_rounds if newer and record.pk < newer.pk]
    older = _chosen(request, "a", earlier) or (earlier[0] if earlier else None)
    groups: dict[str, list[Any]] = {str(name): [] for name in GROUPS}
    if newer:
        with_pictures(older, newer)
        for diff in compare(older, newer):
            if diff.changed or diff.old or diff.new:
                groups[diff.group].append(diff)
    everything = request.GET.get("all") == "1" or older is None
    context = {
        "community": community,
        "records": of_rounds,
        "newer": newer,
        "older": older,
        "everything": everything,
        "groups": {
            name: shown
            for name, diffs in groups.items()
            if (shown := [diff for diff in diffs if everything or diff.changed])
        },
        "same": sum(not diff.changed for diffs in groups.values() for diff in diffs),
        "merged": community.listing == Listing.MERGED,
    }
    return render(request, "communities/round_compare.html", context)


def _last_of_each_round(community: Community) -> list[CensusRecord]:
    """The approved record that each round ended with, newest first."""
    rows = (
        CensusRecord.objects.of_community(community)
        .once_public()
        .select_related("round", "city", "district", "logo", "community", "decided_by")
    )
    last: dict[int, CensusRecord] = {}
    for record in rows:
        last.setdefault(record.round_id, record)
    return list(last.values())


def _chosen(request: HttpRequest, name: str, records: list[CensusRecord]) -> CensusRecord | None:
    wanted = request.GET.get(name, "")
    if not wanted:
        return None
    found = [record for record in records if str(record.pk) == wanted]
    if not found:
        raise Http404
    return found[0]
