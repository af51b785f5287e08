"""Between the form's «каждую неделю, до 30 мая» and the rule that calendars know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import icalendar

from events.choices import Repeat
from events.recurrence import WEEKDAYS, last_day

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Pattern:
    """What the form asks about a series."""

    repeats: str = Repeat.NO
    until: date | None = None
    count: int | None = None


def rule_of(pattern: Pattern, starts_at: datetime, *, all_day: bool) -> str:
    """The rule of a series that begins at `starts_at` (by the clock of its place)."""
    if pattern.repeats == Repeat.NO:
        return ""
    rule = icalendar.vRecur(FREQ="MONTHLY" if pattern.repeats == Repeat.MONTHLY else "WEEKLY")
    if pattern.repeats == Repeat.BIWEEKLY:
        rule["INTERVAL"] = 2
    if pattern.repeats == Repeat.MONTHLY:
        rule["BYDAY"] = _nth_weekday(starts_at)
    if pattern.count:
        rule["COUNT"] = pattern.count
    elif pattern.until:
        last = datetime.combine(pattern.until, time(23, 59, 59), starts_at.tzinfo)
        rule["UNTIL"] = pattern.until if all_day else last.astimezone(_UTC)
    return str(rule.to_ical().decode())


def _nth_weekday(moment: datetime) -> str:
    """«3SA»: the third Saturday; a fifth one is the last, as not every month has five."""
    number = (moment.day - 1) // 7 + 1
    return f"{number if number < 5 else -1}{WEEKDAYS[moment.weekday()]}"


def pattern_of(rrule: str, starts_at: datetime) -> Pattern:
    """How the form says `rrule`; `own` when it has no words for it."""
    if not rrule:
        return Pattern()
    rule = icalendar.vRecur.from_ical(rrule)
    repeats = _repeats(rule, starts_at)
    if repeats == Repeat.OWN:
        return Pattern(Repeat.OWN)
    count = int(rule["COUNT"][0]) if "COUNT" in rule else None
    return Pattern(repeats, last_day(rule, starts_at), count)


def _repeats(rule: Any, starts_at: datetime) -> str:
    said = (str(rule["FREQ"][0]), int(rule.get("INTERVAL", [1])[0]))
    days = [str(day) for day in rule.get("BYDAY", [])]
    if rule.keys() - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}:
        return Repeat.OWN
    if said[0] == "WEEKLY" and days in ([], [WEEKDAYS[starts_at.weekday()]]):
        return {1: Repeat.WEEKLY, 2: Repeat.BIWEEKLY}.get(said[1], Repeat.OWN)
    if said == ("MONTHLY", 1) and days == [_nth_weekday(starts_at)]:
        return Repeat.MONTHLY
    return Repeat.OWN
