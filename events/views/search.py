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
from events.querysets.search import alike, found_by, last_of, nearest_of, venues_by_words_left
from events.views.names import name_communities, names_of_communities
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
    more = {"holders": _holders(branch, given), "venues": venues_by_words_left(branch, given)}
    # As it was typed, then as a beginning, then as a slip of the finger.
    ways = [found_by(events, branch, given, unfinished=begun, **more) for begun in (False, True)]
    ways.append(alike(events, given))
    found = ((rows, way is ways[-1]) for way in ways if (rows := nearest_of(dates, way, now, MOST + 1)))
    rows, guessed = next(found, ([], False))
    gone = [] if rows else next((over for way in ways if (over := last_of(dates, way, now, GONE))), [])
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
