"""Finding an event by its words: the nearest date of each, whatever month it is in."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from communities.filters.catalogue import LONGEST_QUESTION, MOST_WORDS
from communities.keys import fold, words
from events.models import Event, Occurrence
from events.querysets.search import alike, found_by, last_of, nearest_of
from events.views.calendar import name_communities, names_of_communities
from hub.models import Branch
from hub.public import public_page

#: So many events are shown, and so many that are over when nothing comes.
MOST, GONE = 40, 10


@public_page
def calendar_search(request: HttpRequest) -> HttpResponse:
    """`?q=`: events by words in any form, with a mistake too; without an answer, those that are over."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUESTION]
    given = words(asked, most=MOST_WORDS)
    context = {"q": asked, "asked": bool(given)} | (_found(branch, given) if given else {})
    return render(request, "events/calendar_search.html", context)


def _found(branch: Branch, given: list[str]) -> dict[str, Any]:
    events = Event.objects.in_branch(branch).published()
    dates = Occurrence.objects.in_branch(branch).listed()
    now, today = timezone.now(), timezone.localdate(timezone=branch.tz)
    exact = found_by(events, branch, given, _holders(branch, given))
    rows, guessed = nearest_of(dates, exact, now, MOST + 1), False
    if not rows:
        guess = alike(events, given)
        rows, guessed = nearest_of(dates, guess, now, MOST + 1), True
    gone = [] if rows else last_of(dates, exact, now, GONE) or last_of(dates, guess, now, GONE)
    name_communities(branch, [*rows, *gone])
    return {
        "agenda": _days(rows[:MOST], today),
        "gone": _days(gone, today),
        "more": len(rows) > MOST,
        "guessed": guessed and bool(rows),
    }


def _holders(branch: Branch, given: list[str]) -> list[int]:
    """Communities that have all the words in their name."""
    names = names_of_communities(branch)
    return [key for key, name in names.items() if set(given) <= set(fold(name).split())]


def _days(rows: list[dict[str, Any]], today: Any) -> list[dict[str, Any]]:
    groups = groupby(rows, key=lambda row: row["day"])
    return [{"day": day, "rows": list(found), "today": day == today} for day, found in groups]
