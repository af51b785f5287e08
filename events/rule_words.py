"""How often a series happens, said to people: «каждую третью субботу месяца, до 30.05.2027». Pure.

Every page says it with these words, whether the rule is from our form or from a calendar of another program.
What they cannot say truly is «по своему расписанию»: the dates beside it tell the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

import icalendar
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext, ngettext_lazy
from django.utils.translation import gettext as _

from events.choices import Weekday
from events.recurrence import WEEKDAYS, last_day

_EVERY = {
    "DAILY": gettext_lazy("каждый день"),
    "WEEKLY": gettext_lazy("каждую неделю"),
    "YEARLY": gettext_lazy("каждый год"),
}
_SELDOM = {
    "DAILY": ngettext_lazy("раз в %(n)s день", "раз в %(n)s дней", "n"),
    "WEEKLY": ngettext_lazy("раз в %(n)s неделю", "раз в %(n)s недель", "n"),
    "MONTHLY": ngettext_lazy("раз в %(n)s месяц", "раз в %(n)s месяцев", "n"),
    "YEARLY": ngettext_lazy("раз в %(n)s год", "раз в %(n)s лет", "n"),
}
#: In Russian the words before a day bend with its gender: он, она, оно.
_HE, _SHE, _IT = range(3)
_DAYS = {
    "MO": (_HE, gettext_lazy("понедельник")),
    "TU": (_HE, gettext_lazy("вторник")),
    "WE": (_SHE, gettext_lazy("среду")),
    "TH": (_HE, gettext_lazy("четверг")),
    "FR": (_SHE, gettext_lazy("пятницу")),
    "SA": (_SHE, gettext_lazy("субботу")),
    "SU": (_IT, gettext_lazy("воскресенье")),
}
_EACH = (gettext_lazy("каждый"), gettext_lazy("каждую"), gettext_lazy("каждое"))
_WHICH = {
    1: (gettext_lazy("первый"), gettext_lazy("первую"), gettext_lazy("первое")),
    2: (gettext_lazy("второй"), gettext_lazy("вторую"), gettext_lazy("второе")),
    3: (gettext_lazy("третий"), gettext_lazy("третью"), gettext_lazy("третье")),
    4: (gettext_lazy("четвёртый"), gettext_lazy("четвёртую"), gettext_lazy("четвёртое")),
    5: (gettext_lazy("пятый"), gettext_lazy("пятую"), gettext_lazy("пятое")),
    -1: (gettext_lazy("последний"), gettext_lazy("последнюю"), gettext_lazy("последнее")),
    -2: (gettext_lazy("предпоследний"), gettext_lazy("предпоследнюю"), gettext_lazy("предпоследнее")),
}
_WEEKEND = ("SA", "SU")
_WORKDAYS = tuple(day for day in WEEKDAYS if day not in _WEEKEND)
#: Days of which a month has a first and a last one, as a rule lists them.
_KINDS = {
    WEEKDAYS: (_HE, gettext_lazy("день")),
    _WORKDAYS: (_HE, gettext_lazy("будний день")),
    _WEEKEND: (_HE, gettext_lazy("выходной день")),
}
_BYDAY = re.compile(r"([+-]?\d+)?([A-Z]{2})\Z")


class _NoWords(Exception):
    """A rule that these words cannot say."""


@dataclass(frozen=True)
class _Rule:
    """A rule taken apart; `weekdays` with their numbers, 0 for each of them."""

    frequency: str
    every: int
    weekdays: tuple[tuple[int, str], ...]
    days: tuple[int, ...]
    months: tuple[int, ...]
    places: tuple[int, ...]

    @classmethod
    def of(cls, rule: Any) -> Self:
        weekdays = [_BYDAY.match(str(day)) for day in rule.get("BYDAY", ())]
        if not all(weekdays):
            raise _NoWords
        found = {(int(one[1] or 0), one[2]) for one in weekdays if one}
        return cls(
            frequency=str(rule["FREQ"][0]),
            every=int(rule.get("INTERVAL", [1])[0]),
            weekdays=tuple(sorted(found, key=lambda one: (WEEKDAYS.index(one[1]), one[0] < 0, one[0]))),
            days=_in_order(rule.get("BYMONTHDAY", ())),
            months=tuple(sorted(map(int, rule.get("BYMONTH", ())))),
            places=_in_order(rule.get("BYSETPOS", ())),
        )

    @property
    def plain(self) -> tuple[str, ...]:
        """Its weekdays, where each of them is meant."""
        if any(number for number, _day in self.weekdays):
            raise _NoWords
        return tuple(day for _number, day in self.weekdays)

    @property
    def rhythm(self) -> str:
        if self.every == 1:
            return str(_EVERY[self.frequency])
        return str(_SELDOM[self.frequency] % {"n": self.every})


def _in_order(numbers: Iterable[Any]) -> tuple[int, ...]:
    """The first ones, then those that are counted from the end."""
    return tuple(sorted(map(int, numbers), key=lambda number: (number < 0, number)))


def rule_words(rrule: str, starts_at: datetime) -> str:
    """How often a series of this rule happens that begins at `starts_at`, by the clock of its place."""
    if not rrule:
        return ""
    rule = icalendar.vRecur.from_ical(rrule)
    try:
        words = _often(_Rule.of(rule), starts_at)
    except _NoWords:
        words = _("по своему расписанию")
    if "COUNT" in rule:
        count = int(rule["COUNT"][0])
        return f"{words}, " + ngettext("%(n)s раз", "%(n)s раз", count) % {"n": count}
    last = last_day(rule, starts_at)
    return words + _(", до %(day)s") % {"day": f"{last:%d.%m.%Y}"} if last else words


def _often(rule: _Rule, starts_at: datetime) -> str:
    """Raises _NoWords."""
    if rule.frequency == "YEARLY":
        if (own := _as_months(rule)) is None:
            return _yearly(rule, starts_at)
        rule = own
    words = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly}[rule.frequency](rule, starts_at)
    if not rule.months:
        return words
    months = _listed(_lower(date_format(date(2000, month, 1), "F")) for month in rule.months)
    return _("%(words)s, только %(months)s") % {"words": words, "months": months}


def _as_months(rule: _Rule) -> _Rule | None:
    """A rule of years that means some days of several months, as a rule of months; None for another."""
    if rule.every != 1 or rule.places:
        return None
    if rule.weekdays and not rule.days and not any(number for number, _day in rule.weekdays):
        return replace(rule, frequency="WEEKLY")
    if len(rule.months) > 1 or (rule.days and not rule.months and not rule.weekdays):
        return replace(rule, frequency="MONTHLY")
    return None


def _daily(rule: _Rule, starts_at: datetime) -> str:
    if rule.weekdays and rule.every == 1:
        return _weekly(rule, starts_at)
    if rule.weekdays or rule.days or rule.places:
        raise _NoWords
    return rule.rhythm


def _weekly(rule: _Rule, starts_at: datetime) -> str:
    if rule.days or rule.places:
        raise _NoWords
    days = rule.plain or (WEEKDAYS[starts_at.weekday()],)
    if rule.every == 1 and days in (WEEKDAYS, _WORKDAYS, _WEEKEND):
        said = {WEEKDAYS: _EVERY["DAILY"], _WORKDAYS: _("по будням"), _WEEKEND: _("по выходным")}
        return str(said[days])
    if rule.every == 1 and len(days) == 1:
        return _each(*_DAYS[days[0]])
    shown = _listed(str(Weekday(day).label) for day in days)
    return f"{replace(rule, frequency='WEEKLY').rhythm}: {shown}"


def _monthly(rule: _Rule, starts_at: datetime) -> str:
    if rule.weekdays and not rule.places and not any(number for number, _day in rule.weekdays):
        if rule.every != 1:
            raise _NoWords
        return _weekly(rule, starts_at)
    dates, others = _days_of_month(rule, starts_at)
    if rule.every == 1:
        said = (
            [_("каждое %(days)s число") % {"days": _listed(_("%(n)s-е") % {"n": day} for day in dates)}]
            if dates
            else []
        )
        if others:
            said.append(_("%(days)s месяца") % {"days": _listed(_each(*other) for other in others)})
        words = _listed(said)
    else:
        said = (
            [_("%(days)s числа") % {"days": _listed(_("%(n)s-го") % {"n": day} for day in dates)}]
            if dates
            else []
        )
        words = f"{rule.rhythm}, {_listed([*said, *(_on(words) for _gender, words in others)])}"
    return _where_it_is(words, rule, rare=any(day > 28 for day in dates))


def _yearly(rule: _Rule, starts_at: datetime) -> str:
    if len(rule.months) > 1 or (not rule.months and (rule.weekdays or rule.days)):
        raise _NoWords
    month = rule.months[0] if rule.months else starts_at.month
    dates, others = _days_of_month(rule, starts_at)
    said = [date_format(date(2000, month, day), "j E") for day in dates]
    named = date_format(date(2000, month, 1), "E")
    said += [_on(_("%(day)s %(month)s") % {"day": words, "month": named}) for _gender, words in others]
    return _where_it_is(f"{rule.rhythm}, {_listed(said)}", rule, rare=month == 2 and 29 in dates)


def _days_of_month(rule: _Rule, starts_at: datetime) -> tuple[list[int], list[tuple[int, str]]]:
    """Its dates («15-е»), and what is named otherwise, with its gender: «третью субботу». Raises _NoWords."""
    if rule.days and (rule.weekdays or rule.places):
        raise _NoWords
    if rule.places:
        days = rule.plain
        kind = _DAYS[days[0]] if len(days) == 1 else _KINDS.get(days)
        return [], [_numbered(rule.places, kind)]
    if rule.weekdays:
        numbers = {day: tuple(n for n, one in rule.weekdays if one == day) for _n, day in rule.weekdays}
        return [], [_numbered(those, _DAYS[day]) for day, those in numbers.items()]
    days_of_month = rule.days or (starts_at.day,)
    ends = tuple(day for day in days_of_month if day < 0)
    others = [_numbered(ends, _KINDS[WEEKDAYS])] if ends else []
    return [day for day in days_of_month if day > 0], others


def _numbered(numbers: tuple[int, ...], kind: tuple[int, Any] | None) -> tuple[int, str]:
    """«Первую и третью субботу». Raises _NoWords."""
    if kind is None or not all(number in _WHICH for number in numbers):
        raise _NoWords
    gender, name = kind
    return gender, f"{_listed(str(_WHICH[number][gender]) for number in numbers)} {name}"


def _where_it_is(words: str, rule: _Rule, *, rare: bool) -> str:
    """Of a day that not every month has it is said so: the 31st, a fifth Saturday."""
    if rare or any(number == 5 for number, _day in rule.weekdays):
        return _("%(words)s (если такой день есть)") % {"words": words}
    return words


def _each(gender: int, words: Any) -> str:
    return f"{_EACH[gender]} {words}"


def _on(words: Any) -> str:
    """«Во вторую субботу», «в третью»."""
    return (_("во %(day)s") if str(words).startswith("вт") else _("в %(day)s")) % {"day": words}


def _listed(words: Iterable[str]) -> str:
    """«Пн, ср и пт»."""
    *others, last = words
    return _("%(first)s и %(last)s") % {"first": ", ".join(others), "last": last} if others else last


def _lower(word: str) -> str:
    """In Russian a small letter begins months."""
    return word.lower() if get_language() == "ru" else word
