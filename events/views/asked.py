"""What is asked of the calendar: of which days, and what of them; all of it stands in the address."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from communities.views.counts import districts
from events.filters import OccurrenceFilterSet
from events.models import Occurrence
from events.querysets import OccurrenceQuerySet
from events.recurrence import HORIZON
from hub.models import Branch, District

FIRST = date(2020, 1, 1)
_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
_DAY = re.compile(r"20\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_WEEK = re.compile(r"(20\d\d)-W([0-5]\d)")
#: Days by where they stand to today.
NEAR = ("today", "tomorrow", "weekend")
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """A question to the calendar: of which days, and what of them."""

    data: QueryDict
    branch: Branch
    chosen: dict[str, list[str]]
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.branch.tz).date()

    @property
    def day(self) -> date | None:
        """The one day that is asked for."""
        text = self.data.get("day", "")
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:  # the 31st of a month of thirty days
            return None
        return day if day and FIRST <= day <= self.last else None

    @property
    def when(self) -> str:
        """«Сегодня», «завтра», «эти выходные»: days that are named by where they stand to today."""
        said = self.data.get("when", "")
        return said if said in NEAR and self.day is None else ""

    @cached_property
    def named_week(self) -> date | None:
        """The Monday of the week that the address names."""
        found = _WEEK.fullmatch(self.data.get("week", ""))
        try:
            monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
        except ValueError:  # the 53rd of a year of fifty-two weeks
            return None
        return monday if monday and FIRST <= monday <= self.last and not self.day and not self.when else None

    @property
    def week(self) -> date:
        """The Monday of the week that is looked at: of a month that is not this one, its first."""
        day = self.named_week or self.days[0]
        return day - day.weekday() * ONE

    @property
    def of_weeks(self) -> bool:
        """Whether one steps from week to week, not from month to month."""
        return self.view == "week" or self.named_week is not None

    @property
    def this_week(self) -> date:
        """Its Monday."""
        return self.today - self.today.weekday() * ONE

    @property
    def first(self) -> date:
        """The first day of the month that is looked at."""
        found = _MONTH.fullmatch(self.data.get("month", ""))
        wished = date(int(found[1]), int(found[2]), 1) if found else None
        if wished and FIRST <= wished <= self.last:
            return wished
        # A week belongs to the month of its Thursday.
        day = self.day or (self.named_week + 3 * ONE if self.named_week else self.today)
        return day.replace(day=1)

    @property
    def last(self) -> date:
        """Nobody knows what happens later."""
        return self.today + HORIZON

    @property
    def days(self) -> tuple[date, date]:
        """The days whose list is asked for: one, some near ones, a week, or a month, of the current one what is left."""
        if self.day:
            return self.day, self.day
        if self.when in ("today", "tomorrow"):
            day = self.today if self.when == "today" else self.today + ONE
            return day, day
        if self.when == "weekend":
            sunday = self.today + (6 - self.today.weekday()) * ONE
            return max(self.today, sunday - ONE), sunday
        if self.named_week:
            return self.named_week, self.named_week + 6 * ONE
        first = self.first
        whole = "past" in self.data or (first.year, first.month) != (self.today.year, self.today.month)
        return first if whole else self.today, next_month(first) - ONE

    @property
    def view(self) -> str:
        said = self.data.get("view", "")
        if said in ("week", "map"):
            return said
        if self.named_week and said != "list":
            return "week"
        return "list" if said == "list" or self.day or self.when else "month"

    @property
    def on_paper(self) -> bool:
        """To be printed: with what finds no room on the sheet."""
        return self.data.get("print") == "1"

    @property
    def usual(self) -> tuple[Hashable, ...] | None:
        """What tells a question that many ask from the others; nothing for one that few ask.

        Nothing is chosen, and every word of the address is one of ours.
        """
        if self.chosen:
            return None
        ours = {
            "view": self.view,
            "month": f"{self.first:%Y-%m}",
            "week": self.named_week and week_code(self.named_week),
            "day": self.day and self.day.isoformat(),
            "when": self.when,
        }
        if any(values != [ours.get(name)] for name, values in self.data.lists()):
            return None
        return (self.today, *sorted(self.data.items()))

    @cached_property
    def districts(self) -> list[District]:
        return districts(self.branch)

    @cached_property
    def fitting(self) -> OccurrenceQuerySet:
        return Occurrence.objects.in_branch(self.branch).listed().chosen(self.chosen)

    @property
    def feed(self) -> str:
        """The calendar file of what was chosen, whatever days are looked at."""
        query = QueryDict(mutable=True)
        for group, values in self.chosen.items():
            query.setlist(group, values)
        return f"{reverse('calendar-ics')}?{query.urlencode()}" if query else reverse("calendar-ics")

    @property
    def reset(self) -> str:
        """The same days with nothing chosen."""
        return self.address(**dict.fromkeys(self.chosen))

    def address(self, name: str = "calendar", **changed: str | list[str] | None) -> str:
        """The same question with some answers changed."""
        said = dict(self.data.lists()) | {"page": [], "print": []}
        for key, value in changed.items():
            said[key] = value if isinstance(value, list) else [value or ""]
        query = urlencode([(key, value) for key, values in said.items() for value in values if value])
        return f"{reverse(name)}?{query}" if query else reverse(name)

    def day_address(self) -> Callable[[date], str]:
        """The list of a day, as a part of markup: a month has forty of them."""
        mark = "0000-00-00"
        pattern = escape(self.address(day=mark, view=None, month=None, week=None, when=None, past=None))
        return lambda day: pattern.replace(mark, day.isoformat())


def asked(request: HttpRequest) -> Asked:
    chosen: dict[str, list[str]] = {}
    if OccurrenceFilterSet.base_filters.keys() & request.GET.keys():
        filters = OccurrenceFilterSet(request.GET, queryset=Occurrence.objects.none(), request=request)
        chosen = filters.chosen()
    return Asked(request.GET, request.branch, chosen, timezone.now())  # type: ignore[attr-defined]


def week_code(monday: date) -> str:
    """«2027-W03», as an address names a week."""
    year, week, _day = monday.isocalendar()
    return f"{year}-W{week:02}"


def next_month(first: date) -> date:
    return (first + 31 * ONE).replace(day=1)
