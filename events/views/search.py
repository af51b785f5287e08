"""Finding an event by its words: the nearest date of each, whatever month it is in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from communities.filters.catalogue import LONGEST_QUESTION, MOST_WORDS
from communities.keys import words
from events.models import Event, EventWord, Occurrence
from events.querysets.search import found_by, last_of, nearest_of, venues_by_words_left
from events.views.names import Names, name_communities, names_of
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
    context = {"q": asked, "asked": bool(given)} | (_answer(branch, asked, given) if given else {})
    return render(request, "events/calendar_search.html", context)


def _answer(branch: Branch, asked: str, given: list[str]) -> dict[str, Any]:
    names, today = names_of(branch), timezone.localdate(timezone=branch.tz)
    mended = ""
    rows, gone = _dates(branch, names, given)
    if not rows and not gone:
        meant = EventWord.objects.meant(branch, asked, given)
        if meant != given:
            # A word that was mended is whole; any other may be a beginning, in the other layout of the keyboard too.
            begun = meant[-1] == given[-1] or asked.isascii()
            rows, gone = _dates(branch, names, meant, (begun,))
            mended = " ".join(meant) if rows or gone else ""
    name_communities([*rows, *gone], names.by_key)
    return {
        "agenda": _days(rows[:MOST], today),
        "gone": _days(gone, today),
        "more": len(rows) > MOST,
        "mended": mended,
    }


def _dates(
    branch: Branch, names: Names, given: list[str], ways: Sequence[bool] = (False, True)
) -> tuple[list[Any], list[Any]]:
    """The next dates of events that have the words; when there are none, the last dates of those that are over.

    `ways`: may the last word be unfinished? First not, then yes.
    """
    events = Event.objects.in_branch(branch).published()
    dates, now = Occurrence.objects.in_branch(branch).listed(), timezone.now()
    holders, venues = names.having(given), venues_by_words_left(branch, given)
    for unfinished in ways:
        found = found_by(events, branch, given, holders=holders, venues=venues, unfinished=unfinished)
        if rows := nearest_of(dates, found, now, MOST + 1):
            return rows, []
    return [], last_of(dates, found, now, GONE)


def _days(rows: list[dict[str, Any]], today: Any) -> list[dict[str, Any]]:
    groups = groupby(rows, key=lambda row: row["day"])
    return [{"day": day, "rows": list(found), "today": day == today} for day, found in groups]
