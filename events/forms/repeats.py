"""Between the form's «каждую неделю, вт и чт, до 30 мая» and the rule that calendars know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from events.choices import Repeat
from events.recurrence import WEEKDAYS, last_day

_UTC = ZoneInfo("UTC")
_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
#: The shortest that two months in a row begin apart.
_MONTH = timedelta(days=28)
#: Those that happen on chosen days of a week, and how many weeks lie between.
WEEKS = {Repeat.WEEKLY: 1, Repeat.BIWEEKLY: 2}


@dataclass(frozen=True)
class Pattern:
    """What the form asks about a series; no `weekdays`: on that of its first date."""

    repeats: str = Repeat.NO
    until: date | None = None
    count: int | None = None
    weekdays: tuple[str, ...] = ()


def weekday_of(day: date) -> str:
    return WEEKDAYS[day.weekday()]


def first_day(pattern: Pattern, day: date) -> date:
    """The first day of the series from `day` on."""
    if pattern.repeats not in WEEKS or not pattern.weekdays:
        return day
    return next(fits for n in range(7) if weekday_of(fits := day + n * _DAY) in pattern.weekdays)


def shortest_gap(pattern: Pattern) -> timedelta | None:
    """How long one date may last before the next begins; None when nothing repeats."""
    if pattern.repeats in (Repeat.NO, Repeat.OWN):
        return None
    if pattern.repeats == Repeat.DAILY:
        return _DAY
    if pattern.repeats not in WEEKS:
        return _MONTH
    days = sorted(WEEKDAYS.index(day) for day in pattern.weekdays) or [0]
    round_again = days[0] * _DAY + WEEKS[Repeat(pattern.repeats)] * _WEEK
    following = [*(day * _DAY for day in days[1:]), round_again]
    return min(after - day * _DAY for day, after in zip(days, following, strict=True))


def needs_end(pattern: Pattern) -> bool:
    """Whether it has so many dates that without an end they grow past what a series may have."""
    if pattern.repeats not in WEEKS:
        return pattern.repeats == Repeat.DAILY
    return len(pattern.weekdays) > 2 * WEEKS[Repeat(pattern.repeats)]


def rule_of(pattern: Pattern, starts_at: datetime, *, all_day: bool) -> str:
    """The rule of a series that begins at `starts_at` (by the clock of its place)."""
    match pattern.repeats:
        case Repeat.NO:
            return ""
        case Repeat.DAILY:
            rule = icalendar.vRecur(FREQ="DAILY")
        case Repeat.MONTHLY:
            rule = icalendar.vRecur(FREQ="MONTHLY", BYDAY=_nth_weekday(starts_at))
        case Repeat.MONTHLY_DATE:
            rule = icalendar.vRecur(FREQ="MONTHLY", BYMONTHDAY=starts_at.day)
        case _:
            rule = icalendar.vRecur(FREQ="WEEKLY")
            if pattern.repeats == Repeat.BIWEEKLY:
                rule["INTERVAL"] = 2
            if set(pattern.weekdays) - {weekday_of(starts_at)}:
                rule["BYDAY"] = list(pattern.weekdays)
    if pattern.count:
        rule["COUNT"] = pattern.count
    elif pattern.until:
        last = datetime.combine(pattern.until, time(23, 59, 59), starts_at.tzinfo)
        rule["UNTIL"] = pattern.until if all_day else last.astimezone(_UTC)
    return str(rule.to_ical().decode())


def _nth_weekday(moment: datetime) -> str:
    """«3SA»: the third Saturday; a fifth one is the last, as not every month has five."""
    number = (moment.day - 1) // 7 + 1
    return f"{number if number < 5 else -1}{weekday_of(moment)}"


def pattern_of(rrule: str, starts_at: datetime) -> Pattern:
    """How the form says `rrule`; `own` when it has no words for it."""
    if not rrule:
        return Pattern()
    rule = icalendar.vRecur.from_ical(rrule)
    repeats, weekdays = _repeats(rule, starts_at)
    if repeats == Repeat.OWN:
        return Pattern(Repeat.OWN)
    count = int(rule["COUNT"][0]) if "COUNT" in rule else None
    return Pattern(repeats, last_day(rule, starts_at), count, weekdays)


def _repeats(rule: Any, starts_at: datetime) -> tuple[str, tuple[str, ...]]:
    said = (str(rule["FREQ"][0]), int(rule.get("INTERVAL", [1])[0]))
    days = [str(day) for day in rule.get("BYDAY", [])]
    dates = [int(day) for day in rule.get("BYMONTHDAY", [])]
    parts = rule.keys() - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
    own = weekday_of(starts_at)
    match said:
        case ("DAILY", 1) if not parts:
            return Repeat.DAILY, ()
        case ("WEEKLY", every) if parts <= {"BYDAY"} and every in WEEKS.values():
            weekdays = tuple(day for day in WEEKDAYS if day in days) or (own,)
            # In another week than ours the same days fall otherwise, when every second one is meant.
            ours = every == 1 or len(weekdays) == 1 or str(rule.get("WKST", ["MO"])[0]) == "MO"
            if own in weekdays and set(days) <= set(weekdays) and ours:
                return {1: Repeat.WEEKLY, 2: Repeat.BIWEEKLY}[every], weekdays
        case ("MONTHLY", 1) if parts <= {"BYDAY"} and days == [_nth_weekday(starts_at)]:
            return Repeat.MONTHLY, ()
        case ("MONTHLY", 1) if parts <= {"BYMONTHDAY"} and dates in ([], [starts_at.day]):
            return Repeat.MONTHLY_DATE, ()
    return Repeat.OWN, ()
