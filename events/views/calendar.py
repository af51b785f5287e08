"""The calendar of the city: a month as a grid, days as a list; what is asked for stands in the address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from events.models import Occurrence
from events.querysets import OccurrenceQuerySet
from events.querysets.occurrence import A_DAY, SHOWN, Day, days_of
from events.templatetags.events import day_words, month_words, week_words, weekday
from events.views.asked import ONE, Asked, asked, next_month
from events.views.calendar_bar import NEAR_WORDS, bar
from events.views.calendar_map import off_map
from events.views.clashes_week import of_week
from events.views.names import name_communities, names_of
from events.views.week import week
from hub.models import Branch
from hub.prepared import Prepared
from hub.public import public_page

PAGE, DEEPEST = 40, 50
#: Paper has no «ещё N» to press: so much of each day is written out.
ON_PAPER = 60
#: A phone shows so many of the month's busy days under its grid; the list has the rest.
PHONE_DAYS = 7


@public_page
def calendar(request: HttpRequest) -> HttpResponse:
    """`/calendar/`: a month, week, list or map (`view`) of the days that are asked for, by the filters.

    Days: `?month=2027-01`, `?week=2027-W03`, `?day=2027-01-16`, `?when=today|tomorrow|weekend`.
    """
    question = asked(request)
    context: dict[str, Any] = {
        "asked": question,
        "view": question.view,
        "first": question.first,
        "title": _period(question),
        "usual": question.usual and (*question.usual, request.scheme, request.get_host()),
        "bar": cache(lambda: bar(request, question)),
        "clashes": cache(
            lambda: of_week(request, question.week if question.of_weeks else question.this_week)
        ),
    }
    context |= _BODIES[question.view](question)
    if not context["any"]:
        nearest = question.fitting.alive().filter(day__gt=context["until"]).order_by("day")
        context["nearest"] = nearest.values_list("day", flat=True).first()
    return render(request, f"events/calendar_{question.view}.html", context)


def _period(question: Asked) -> str:
    return week_words(question.week) if question.of_weeks else month_words(question.first)


# --- a month ---------------------------------------------------------------------------------------


def _month(question: Asked) -> dict[str, Any]:
    first, today = question.first, question.today
    last = next_month(first) - ONE
    since, until = first - first.weekday() * ONE, last + (6 - last.weekday()) * ONE
    if question.on_paper:
        shown = question.fitting.month(since, until, ON_PAPER)
    elif question.chosen:
        shown = question.fitting.month(since, until)
    else:
        shown = _whole(question.branch, since, until)
    day_address = question.day_address()
    cells = [
        {
            "day": day,
            "rows": found.rows[:A_DAY],
            "rest": found.rows[A_DAY:],
            "more": max(found.total - A_DAY, 0),
            "total": found.total,
            "out": not first <= day <= last,
            "today": day == today,
            "href": day_address(day),
        }
        for day, found in shown.items()
    ]
    begin = today if first <= today <= last else first
    busy = [cell for cell in cells if cell["rows"] and begin <= cell["day"] <= last]
    agenda = busy[:PHONE_DAYS]
    name_communities((row for cell in agenda for row in cell["rows"]), names_of(question.branch).by_key)
    return {
        "weeks": [cells[at : at + 7] for at in range(0, len(cells), 7)],
        "agenda": agenda,
        "crowded": [cell for cell in cells if cell["more"]],
        "whole_list": question.address(view="list") if len(busy) > PHONE_DAYS else "",
        "any": any(cell["total"] for cell in cells if not cell["out"]),
        "until": last,
    }


def _prepared(read: Callable[..., Any]) -> Prepared:
    """A read of the month of everything, which is asked for most."""
    return Prepared(
        lambda branch, since, until: read(Occurrence.objects.filter(branch_id=branch).listed(), since, until),
        *(int, date, date),
    )


_begun = _prepared(OccurrenceQuerySet.begun_by_day)
_shown = _prepared(OccurrenceQuerySet.first_of_days)
_lasting = _prepared(OccurrenceQuerySet.lasting_into)


def _whole(branch: Branch, since: date, until: date) -> dict[date, Day]:
    asked = (branch.pk, since, until)
    return days_of(since, until, begun=_begun(*asked), shown=_shown(*asked), lasting=_lasting(*asked))


# --- a list ----------------------------------------------------------------------------------------


def _list(question: Asked) -> dict[str, Any]:
    return _agenda(question, question.fitting) | _mini(question)


def _agenda(question: Asked, fitting: OccurrenceQuerySet) -> dict[str, Any]:
    """A page of the days that are asked for."""
    since, until = question.days
    text = question.data.get("page", "")
    page = min(max(int(text), 1), DEEPEST) if text.isascii() and text.isdigit() and len(text) < 4 else 1
    at = (page - 1) * PAGE
    rows = list(fitting.starting_on(since, until).values(*SHOWN)[at : at + PAGE + 1])
    following = len(rows) > PAGE and page < DEEPEST
    rows = rows[:PAGE]
    if page == 1:
        rows = [*list(fitting.going_on_at(since).values(*SHOWN))[:PAGE], *rows]
    name_communities(rows, names_of(question.branch).by_key)
    groups = groupby(rows, key=lambda row: max(row["day"], since))
    here = question.data.copy()
    return {
        "agenda": [
            {"day": day, "rows": list(found), "today": day == question.today} for day, found in groups
        ],
        "any": bool(rows),
        "until": until,
        "title": _title(question, since),
        "past": question.address(past="1")
        if since == question.today != question.first and not (question.day or question.when)
        else "",
        "previous": _page(here, page - 1) if page > 1 else "",
        "next": _page(here, page + 1) if following else "",
    }


def _mini(question: Asked) -> dict[str, Any]:
    """The month as bare numbers, beside the list."""
    first, last = question.first, next_month(question.first) - ONE
    busy = question.fitting.busy_days(first - first.weekday() * ONE, last + (6 - last.weekday()) * ONE)
    day_address = question.day_address()
    cells = [
        {
            "day": day,
            "total": total,
            "out": not first <= day <= last,
            "today": day == question.today,
            "here": day == question.day,
            "href": day_address(day),
        }
        for day, total in busy.items()
    ]
    return {"weeks": [cells[at : at + 7] for at in range(0, len(cells), 7)]}


def _map(question: Asked) -> dict[str, Any]:
    """The days that are asked for on the map: what stands on it as a list, and apart what has no place there."""
    shown = _agenda(question, question.fitting.on_map())
    apart = off_map(question)
    name_communities(apart, names_of(question.branch).by_key)
    return shown | {
        "source": question.address("calendar-map"),
        "online": [row for row in apart if row["is_online"]],
        "nowhere": [row for row in apart if not row["is_online"]],
        "any": shown["any"] or bool(apart),
    }


#: View → what its page shows.
_BODIES: dict[str, Callable[[Asked], dict[str, Any]]] = {
    "month": _month,
    "week": week,
    "list": _list,
    "map": _map,
}


def _page(query: QueryDict, number: int) -> str:
    query["page"] = str(number)
    return f"?{query.urlencode()}"


def _title(question: Asked, since: date) -> str:
    if question.day:
        return f"{day_words(since)}, {weekday(since)}"
    if question.when:
        return str(NEAR_WORDS[question.when])
    return week_words(since) if question.named_week else month_words(since)
