"""Reminders: dated rows found by windows, so that a missed day catches up and done things fall silent.

Each minute `scan` looks, for each reminder and each of its offsets, for open rows whose moment has come
and whose next offset has not. A mark per (row, offset, date) makes it once, however many scan at once;
a row whose date moves is reminded of its new date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Now

from hub.logs import place_of
from hub.models import Reminded

log = structlog.get_logger(__name__)

#: Rows reminded of in one transaction.
BATCH = 500
#: In the order of declaration.
REMINDERS: list[Reminder] = []


@dataclass(frozen=True)
class Reminder:
    """What to say about dated rows, and when.

    `rows` reads the rows that may be reminded of, `dated` is their column of the date; `stop_when` says
    which need it no more. `offsets` are counted from the date, those before it negative. `tell` says it
    about rows of one batch, at one offset. `since` is a column: moments before it are past and gone, they
    do not catch up. After the last offset the window stays open for `grace`.
    """

    code: str
    rows: Callable[[], QuerySet]
    dated: str
    offsets: Sequence[timedelta]
    tell: Callable[[Sequence[Any], timedelta], None]
    stop_when: Q | None = None
    since: str = ""
    grace: timedelta = timedelta(days=2)

    def due(self, number: int) -> QuerySet:
        """Rows whose offset of this number is now to be said, with `moment`, by the database's clock."""
        offset = self.offsets[number]
        until = self.offsets[number + 1] if number + 1 < len(self.offsets) else offset + self.grace
        rows = self.rows().filter(
            **{f"{self.dated}__lte": Now() - offset, f"{self.dated}__gt": Now() - until}
        )
        if self.stop_when is not None:
            rows = rows.exclude(self.stop_when)
        if self.since:
            rows = rows.filter(**{f"{self.dated}__gte": F(self.since) - offset})
        said = Reminded.objects.filter(
            reminder=self.code,
            target=OuterRef("pk"),
            minutes=_minutes(offset),
            moment=OuterRef("moment"),
        )
        return rows.annotate(moment=Cast(F(self.dated), DateTimeField())).exclude(Exists(said))


def remind(code: str, **rest: Any) -> Reminder:
    """Declare a reminder; it is scanned for from now on."""
    reminder = Reminder(code, **rest)
    REMINDERS.append(reminder)
    return reminder


def scan() -> int:
    """Say everything that is due; how many rows that was."""
    said = 0
    for reminder in REMINDERS:
        for number in range(len(reminder.offsets)):
            try:
                said += _say(reminder, number)
            except Exception as error:
                # One app's fault keeps nobody else's reminders.
                _log("reminder_failed", error, reminder=reminder.code)
    return said


def _say(reminder: Reminder, number: int) -> int:
    said, last, known = 0, None, BATCH
    while True:
        with transaction.atomic():
            rows = reminder.due(number).annotate(dated_at=F(reminder.dated)).order_by("dated_at", "pk")
            if last is not None:  # go on where the last batch ended: the window is read once
                rows = rows.filter(**{f"{reminder.dated}__gte": last.dated_at}).exclude(
                    dated_at=last.dated_at, pk__lte=last.pk
                )
            batch = list(rows.select_for_update(skip_locked=True, of=("self",))[:BATCH])
            if not batch:
                return said
            last = batch[-1]
            said += _tell(reminder, number, batch)
        if said >= known:  # the planner must not take the marks for the few that they were
            Reminded.objects.analyse()
            known = 2 * said


def _tell(reminder: Reminder, number: int, rows: list[Any]) -> int:
    """Mark the rows and say it of those that nobody else has marked; one that cannot be told of is left."""
    offset = reminder.offsets[number]
    try:
        with transaction.atomic():
            pairs: list[tuple[int, datetime]] = [(row.pk, row.moment) for row in rows]
            fresh = Reminded.objects.mark(reminder.code, _minutes(offset), pairs)
            if fresh:
                reminder.tell([row for row in rows if row.pk in fresh], offset)
            return len(fresh)
    except Exception as error:
        if len(rows) == 1:
            _log("row_not_told_of", error, reminder=reminder.code, row=rows[0].pk)
            return 0
        return sum(_tell(reminder, number, [row]) for row in rows)


def _log(event: str, error: Exception, **more: Any) -> None:
    log.error(event, error=type(error).__name__, place=place_of(error), **more)


def _minutes(offset: timedelta) -> int:
    return round(offset.total_seconds() / 60)
