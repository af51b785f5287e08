"""Times that are free where a wished one clashes."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from events.querysets.clashes import Plan, rivals

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

#: So many free times are offered, looked for within so many days.
SLOTS, DAYS_LOOKED = 3, 14
#: Nobody is offered to begin earlier or end later than that.
EARLIEST, LATEST = time(9), time(22)
_HALF_HOUR = timedelta(minutes=30)


def free_slots(plan: Plan, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Up to SLOTS times of the same length without a rival: near the wished hour, the nearest days first.

    A series moves as a whole, by the clock of `zone`: each of its times must be free.
    """
    length = plan.ends_at - plan.starts_at
    wished = plan.starts_at.astimezone(zone)
    times = [(starts_at.astimezone(zone), ends_at.astimezone(zone)) for starts_at, ends_at in plan.all_times]
    after, busy = max(wished, timezone.now()), _Busy(plan)
    slots: list[tuple[datetime, datetime]] = []
    for day in range(DAYS_LOOKED):
        for start in _starts(wished + timedelta(days=day)):
            if start <= after or not _fits(start, length):
                continue
            by = start - wished
            if not any(busy.at(starts_at + by, ends_at + by) for starts_at, ends_at in times):
                slots.append((start, start + length))
                break
        if len(slots) == SLOTS:
            break
    return slots


class _Busy:
    """When the rivals are, from the first time of the plan to the last one that could be offered."""

    def __init__(self, plan: Plan) -> None:
        starts, ends = zip(*plan.all_times, strict=True)
        whole = (min(starts), max(ends) + timedelta(days=DAYS_LOOKED))
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        for start, end in sorted(rivals(replace(plan, times=[whole])).values_list("starts_at", "ends_at")):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def at(self, starts_at: datetime, ends_at: datetime) -> bool:
        last = bisect_left(self._starts, ends_at) - 1
        return last >= 0 and self._ends[last] > starts_at


def _starts(wished: datetime) -> Iterable[datetime]:
    """Half hours of a day, those near the wished one first."""
    yield wished
    for steps in range(1, 28):
        yield wished + steps * _HALF_HOUR
        yield wished - steps * _HALF_HOUR


def _fits(start: datetime, length: timedelta) -> bool:
    if length >= timedelta(hours=13):  # a day or more has no hours to keep
        return True
    end = start + length
    return start.time() >= EARLIEST and end.date() == start.date() and end.time() <= LATEST
