"""Working days by the Russian production calendar, transferred days off and worked Saturdays included."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays

_DAY = timedelta(days=1)
_CALENDAR = holidays.country_holidays("RU")
#: Beyond this many days an age is counted by weekdays alone: nobody cares for the exact holiday of long ago.
_EXACT = 400


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    return _CALENDAR.is_working_day(day)


def working_days_between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`: 0 on the day itself and over a weekend.

    >>> working_days_between(date(2026, 11, 20), date(2026, 11, 23))  # Friday to Monday
    1
    """
    total = (end - start).days
    if total <= 0:
        return 0
    if total > _EXACT:
        return working_days_between(end - _EXACT * _DAY, end) + (total - _EXACT) * 5 // 7
    return sum(is_working_day(start + n * _DAY) for n in range(1, total + 1))


def add_working_days(start: date, days: int) -> date:
    """The day on which `days` working days have passed since `start`.

    >>> add_working_days(date(2026, 11, 20), 3)
    datetime.date(2026, 11, 25)
    """
    day = start
    while days > 0:
        day += _DAY
        days -= is_working_day(day)
    return day


def overdue_before(today: date, norm: int) -> date:
    """What was sent before this day has waited longer than `norm` working days by `today`."""
    day, left = today, norm
    while left >= 0:
        left -= is_working_day(day)
        if left >= 0:
            day -= _DAY
    return day
