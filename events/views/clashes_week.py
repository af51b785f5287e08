"""What of a week stands in each other's way: whoever answers for the calendar sees it and calls the organisers."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from communities.choices import Listing
from communities.models import Community
from events.models import Occurrence
from events.querysets.clashes import clashes_between
from events.views.manage_clashes import REASON_WORDS
from hub.models import Branch
from hub.permissions import staff_page

#: So many pairs are shown, the strongest; the rest is a number.
PAIRS = 60
_WEEK = timedelta(days=7)


@require_safe
@staff_page("events.view_clashes")
def event_clashes_week(request: HttpRequest) -> HttpResponse:
    """Pairs of a week, `?from=` any day of it, with the way to both events and to who holds them."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    day = _asked_day(request.GET.get("from", "")) or timezone.localdate(timezone=branch.tz)
    monday = day - timedelta(days=day.weekday())
    found = _pairs(branch, monday)
    shown = found[:PAIRS]
    sides = _sides(request, {key for _reason, *keys in shown for key in keys})
    context = {
        "monday": monday,
        "sunday": monday + timedelta(days=6),
        "before": monday - _WEEK,
        "after": monday + _WEEK,
        "pairs": [
            {
                "strong": reason == "venue",
                "reason": REASON_WORDS[reason],
                "sides": [sides[key] for key in keys],
            }
            for reason, *keys in shown
        ],
        "total": len(found),
    }
    return render(request, "events/clashes_week.html", context)


def of_week(request: HttpRequest, monday: date) -> dict[str, Any] | None:
    """How many pairs the week has and where they are, for those who may see them."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    if not request.user.has_perm("events.view_clashes", branch):
        return None
    return {
        "total": len(_pairs(branch, monday)),
        "href": f"{reverse('event-clashes-week')}?from={monday.isoformat()}",
    }


def _pairs(branch: Branch, monday: date) -> list[tuple[str, int, int]]:
    since = datetime.combine(monday, time.min, branch.tz)
    until = datetime.combine(monday + _WEEK, time.min, branch.tz)
    return clashes_between(Occurrence.objects.in_branch(branch).listed(), since, until)


def _asked_day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 < day.year < 2100 else None


def _sides(request: HttpRequest, keys: set[int]) -> dict[int, dict[str, Any]]:
    """Each date with links that this person may follow.

    Coordinators come to where an event is changed and where contacts are; officials so to the city's own
    events, else to public pages.
    """
    branch: Branch = request.branch  # type: ignore[attr-defined]
    coordinates = request.user.has_perm("communities.view_queue", branch)
    of_city = request.user.has_perm("events.post_state_event", branch)
    dates = Occurrence.objects.in_bulk(keys)
    held_by = _communities({pk for row in dates.values() for pk in row.communities}, coordinates)
    return {
        key: {
            "row": row,
            "href": reverse("event-manage", args=[row.event_id])
            if coordinates or (of_city and row.is_state)
            else reverse("event-detail", args=[row.slug]),
            "held_by": [held_by[pk] for pk in row.communities if pk in held_by],
        }
        for key, row in dates.items()
    }


def _communities(keys: set[int], coordinates: bool) -> dict[int, dict[str, str]]:
    def address(row: Community) -> str:
        if coordinates:
            return reverse("registry-community", args=[row.pk])
        return row.get_absolute_url() if row.listing == Listing.LISTED else ""

    rows = Community.objects.filter(pk__in=keys).select_related("current")
    return {row.pk: {"name": row.name, "href": address(row)} for row in rows}
