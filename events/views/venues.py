"""The coordinator's desk of venues: find one, mend it, put it together with its twin."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from communities.querysets.duplicates import metres
from communities.views.census import host_branch
from events.actions.stale import Stale
from events.actions.venues import PARTS, change_venue, merge_venues
from events.forms.stale import begin_again
from events.forms.venue import VenueForm, VenueSearch
from events.models import Occurrence, Venue
from hub.approvals import Refused, revisions_of
from hub.numbers import number_of
from hub.permissions import staff_page
from hub.templatetags.words import num

PAGE = 30
_STEPS = {
    "add": gettext_lazy("Добавлена"),
    "change": gettext_lazy("Изменена, было:"),
    "merge": gettext_lazy("Объединена, вошла:"),
}


def _venues(request: HttpRequest) -> Any:
    return Venue.objects.in_branch(host_branch(request)).select_related("district")


@require_safe
@staff_page("events.manage_venues")
def venue_list(request: HttpRequest) -> HttpResponse:
    search = VenueSearch(request.GET, branch=host_branch(request))
    page = Paginator(search.found().select_related("district"), PAGE).get_page(request.GET.get("page"))
    return render(request, "events/venue_list.html", {"search": search, "page": page})


# --- one of them -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("events.manage_venues")
def venue_edit(request: HttpRequest, pk: int) -> HttpResponse:
    venue = get_object_or_404(_venues(request), pk=pk)
    form = VenueForm(request.POST if request.method == "POST" else None, venue=venue)
    conflicts: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            change_venue(venue, form.answers(), seen=form.cleaned_data["seen"], by=request.user)
        except Stale as stale:
            conflicts = form.differences(stale.fresh)
            begin_again(form, VenueForm(venue=stale.fresh)["seen"].value(), str(stale))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("«%(name)s»: сохранено.") % {"name": form.cleaned_data["name"]})
            return redirect("venue-edit", pk)
    context = {
        "venue": venue,
        "form": form,
        "conflicts": conflicts,
        "twins": Venue.objects.like(venue),
        "held": _held(venue)[venue.pk],
        "steps": [
            {
                "title": _STEPS[step.action],
                "note": " · ".join(filter(None, [step.note, str(step.actor or "")])),
                "at": step.at,
                "state": "done",
            }
            for step in revisions_of(venue)
            if step.action in _STEPS
        ],
    }
    return render(request, "events/venue_form.html", context)


def _held(*venues: Venue) -> dict[int, dict[str, Any]]:
    """Of each: how many events are there, how many dates to come, the last of them, and how many that are over."""
    # Through the events, which an index finds by their venue.
    rows = Occurrence.objects.filter(event__venue__in=venues).order_by().values("event__venue")
    coming = Q(ends_at__gt=Now())
    counted = rows.annotate(
        events=Count("event", distinct=True),
        coming=Count("pk", filter=coming),
        over=Count("pk", filter=~coming),
        last=Max("starts_at"),
    )
    found = {row["event__venue"]: row for row in counted}
    return {venue.pk: found.get(venue.pk, {"events": 0, "coming": 0, "over": 0}) for venue in venues}


# --- two that are one ------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("events.manage_venues")
def venue_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """The venue goes into the one named by `?into=`; without it, its twin is chosen first."""
    into = number_of(request.GET.get("into"))
    target = get_object_or_404(_venues(request), pk=into) if into else None
    source = _venues(request).filter(pk=pk).first()
    if source is None and target and request.method == "POST":  # a second click
        messages.info(request, _("Эти площадки уже объединены."))
        return redirect("venue-edit", target.pk)
    source = source or get_object_or_404(_venues(request), pk=pk)
    if target is None:
        others = _venues(request).exclude(pk=pk)
        context = {"source": source, "twins": Venue.objects.like(source), "others": others}
        return render(request, "events/venue_twin.html", context)
    if request.method == "POST":
        try:
            merge_venues(source, target, by=request.user, take=_taken(request))
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())
        messages.success(
            request, _("«%(source)s» объединена с «%(target)s».") % {"source": source, "target": target}
        )
        return redirect("venue-edit", target.pk)
    context = {
        "source": source,
        "target": target,
        "rows": _differences(source, target),
        "held": _held(source, target)[source.pk],
    }
    return render(request, "events/venue_merge.html", context)


def _taken(request: HttpRequest) -> list[str]:
    return [part for part in PARTS if request.POST.get(part) == "source"]


def _differences(source: Venue, target: Venue) -> list[dict[str, Any]]:
    """What the two say differently; the gone one's word is offered where the other has none."""
    rows = []
    for part, columns in PARTS.items():
        goes, stays = (_said(venue, columns) for venue in (source, target))
        if goes and goes != stays:
            label = _apart(source, target) if part == "pin" else VenueForm.base_fields[part].label
            rows.append({"name": part, "label": label, "goes": goes, "stays": stays, "take": not stays})
    return rows


def _apart(source: Venue, target: Venue) -> str:
    """What a coordinator can tell two pins by."""
    if target.lat is None or target.lng is None:
        return _("Метка на карте")
    far = round(metres(source.lat, source.lng, target.lat, target.lng))
    return _("Метка на карте, между ними %(n)s м") % {"n": num(far)}


def _said(venue: Venue, columns: tuple[str, ...]) -> str:
    values = [getattr(venue, column) for column in columns]
    if None in values:
        return ""
    return ", ".join(_("да") if value is True else str(value) for value in values if value is not False)
