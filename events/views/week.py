"""A week of the calendar: seven days beside each other, the hours of each from morning to evening."""

from __future__ import annotations

from datetime import date
from typing import Any

from events.models import Occurrence
from events.querysets import OccurrenceQuerySet
from events.querysets.occurrence import A_WEEKDAY, Day, days_of
from events.views.asked import ONE, Asked
from hub.models import Branch
from hub.prepared import Prepared


def week(question: Asked) -> dict[str, Any]:
    """What the page of a week shows; a day has so many events at most, the rest is a number."""
    monday = question.week
    sunday = monday + 6 * ONE
    shown = _chosen(question, monday, sunday) if question.chosen else _whole(question.branch, monday, sunday)
    day_address = question.day_address()
    days = [
        {
            "day": day,
            "rows": found.rows,
            "more": found.more,
            "total": found.total,
            "today": day == question.today,
            "past": day < question.today,
            "href": day_address(day),
        }
        for day, found in shown.items()
    ]
    return {"days": days, "any": any(found.total for found in shown.values()), "until": sunday}


def _chosen(question: Asked, monday: date, sunday: date) -> dict[date, Day]:
    return question.fitting.month(monday, sunday, A_WEEKDAY)


def _first(rows: OccurrenceQuerySet, since: date, until: date) -> Any:
    return rows.first_of_days(since, until, A_WEEKDAY)


_begun, _shown, _lasting = (
    Prepared(
        lambda branch, since, until, read=read: read(
            Occurrence.objects.filter(branch_id=branch).listed(), since, until
        ),
        *(int, date, date),
    )
    for read in (OccurrenceQuerySet.begun_by_day, _first, OccurrenceQuerySet.lasting_into)
)


def _whole(branch: Branch, since: date, until: date) -> dict[date, Day]:
    """A week of everything, which is asked for most."""
    asked = (branch.pk, since, until)
    read = {"begun": _begun(*asked), "shown": _shown(*asked), "lasting": _lasting(*asked)}
    return days_of(since, until, **read, most=A_WEEKDAY)
