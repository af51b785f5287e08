"""Reads of the calendar: a month with a capped number a day, a list, what is near in time or place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import Now, RowNumber

if TYPE_CHECKING:
    from hub.models import Branch

#: What the calendar shows of each.
SHOWN = (
    "id", "slug", "title", "place", "day", "last_day", "starts_at", "ends_at", "timezone", "all_day",
    "cancelled_at", "is_state", "is_free", "is_online", "communities", "cover",
)  # fmt: skip
#: Filter → column: any of several codes, or yes and no.
_ANY_OF = {"topic": "topics__overlap", "age": "ages__overlap", "district": "district__slug__in"}
_FLAGS = {"state": "is_state", "free": "is_free", "online": "is_online"}
#: So many of a day stand in a month; the rest is a number.
A_DAY = 4
#: So many of a day stand in a week, which has more room.
A_WEEKDAY = 12
#: So many places are looked at for a map.
PLACES = 2000
#: Nothing lasts longer.
LONGEST = timedelta(days=62)
_DAY = timedelta(days=1)


def next_time(event: str) -> Subquery:
    """When the event that column `event` of the row names takes place next; NULL once it is over or off."""
    dates: QuerySet = apps.get_model("events", "Occurrence").objects.filter(
        event=OuterRef(event), cancelled_at=None, ends_at__gt=Now()
    )
    return Subquery(dates.order_by("starts_at").values("starts_at")[:1])


@dataclass
class Day:
    """A day of the calendar: some of what happens, and how much that is in all."""

    rows: list[dict[str, Any]]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


_PLACE_OF_DAY = Window(RowNumber(), partition_by=[F("day")], order_by=["starts_at", "pk"])
_OF_DAY = Window(Count("pk"), partition_by=[F("day")])
#: What of a date may be its own: all that a calendar file says of it besides the rule.
_TOLD = (
    "event_id", "was_at", "starts_at", "ends_at", "cancelled_at", "note", "own_title", "own_place",
    "venue__name", "venue__address", "venue__lat", "venue__lng",
)  # fmt: skip
# Not as a comparison with a value: a kept plan would not know that it is the condition of the index.
_NOTED = Func(F("note"), template="%(expressions)s <> ''", output_field=BooleanField())
#: Dates with a time, a name or a place of their own; those of which something else is said than of the rest.
HAS_OWN = Q(is_moved=True) | Q(own_title__isnull=False) | Q(own_place__isnull=False)
CHANGED = HAS_OWN | Q(_NOTED)
#: The same, and those that are off.
APART = CHANGED | Q(cancelled_at__isnull=False)


def _any_of(field: str, keys: Sequence[int]) -> Func:
    """`field = ANY (keys)`: one value for the database, however many keys there are."""
    array = Value(keys, output_field=ArrayField(BigIntegerField()))
    return Func(
        F(field), array, template="%(expressions)s)", arg_joiner=" = ANY (", output_field=BooleanField()
    )


class OccurrenceQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def listed(self) -> Self:
        """What the city sees, called-off ones included."""
        return self.filter(is_listed=True)

    def alive(self) -> Self:
        return self.filter(cancelled_at=None)

    def attended(self) -> Self:
        """Published dates that take place and that somebody is going to."""
        return self.listed().alive().filter(going__gt=0)

    def to_be_held(self) -> Self:
        """Published dates that take place and that nobody registers for: of a series its first alone.

        Those that follow a calendar of another program are left to it.
        """
        # Every one of them by its key: the index of what happens in time begins with it.
        branches = list(apps.get_model("hub", "Branch").objects.values_list("pk", flat=True))
        rows = self.listed().alive().filter(branch__in=branches, takes_registrations=False, going=0)
        followed = apps.get_model("events", "ImportedEvent").objects.filter(event=OuterRef("event"))
        return rows.filter(~Exists(followed), was_at=F("event__starts_at"))

    def chosen(self, chosen: Mapping[str, Sequence[str]]) -> Self:
        """Those that fit every group of the filters (events/filters.py)."""
        rows = self
        for group, values in chosen.items():
            if group == "community":
                held_by = apps.get_model("communities", "Community").objects.filter(slug__in=values)
                rows = rows.filter(communities__overlap=held_by.values("pk"))
            elif group in _FLAGS:
                rows = rows.filter(**{_FLAGS[group]: values[0] == "true"})
            else:
                rows = rows.filter(**{_ANY_OF[group]: list(values)})
        return rows

    def between(self, since: date, until: date) -> Self:
        """Those that touch the days from `since` up to and including `until`."""
        return self.filter(day__gte=since - LONGEST, day__lte=until, last_day__gte=since)

    def on_days(self, since: date, until: date) -> Self:
        """The same, each half of it along an index of its own."""
        lasting = Q(last_day__gt=F("day"), last_day__gte=since, day__lt=since)
        return self.filter(Q(day__gte=since, day__lte=until) | lasting)

    def on_map(self, box: tuple[float, float, float, float] | None = None) -> Self:
        """Those whose place is known on the map, or lies in this part of it (west, south, east, north)."""
        if box is None:
            return self.filter(lat__isnull=False, lng__isnull=False)
        west, south, east, north = box
        return self.filter(lat__range=(south, north), lng__range=(west, east))

    def off_map(self) -> Self:
        """Those online, and those whose place nobody has put on the map."""
        return self.filter(Q(lat=None) | Q(lng=None)).order_by("day", "starts_at", "pk")

    def places(self) -> QuerySet[Any, dict[str, Any]]:
        """Where they are, the fullest places first, and which ones are there by time."""
        times = ArrayAgg("pk", order_by=("day", "starts_at", "pk"))
        rows = self.order_by().values("lat", "lng").annotate(n=Count("pk"), keys=times)
        return rows.order_by("-n", "lat", "lng")[:PLACES]

    def starting(self, since: datetime, until: datetime) -> Self:
        return self.filter(starts_at__gte=since, starts_at__lt=until)

    def to_come(self, now: datetime) -> Self:
        return self.filter(ends_at__gt=now).order_by("starts_at", "pk")

    def at_the_time_of(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Those that overlap the time in between."""
        return self.filter(self.while_it_lasts(starts_at, ends_at))

    @staticmethod
    def while_it_lasts(starts_at: datetime, ends_at: datetime) -> Q:
        return Q(starts_at__lt=ends_at, starts_at__gt=starts_at - LONGEST, ends_at__gt=starts_at)

    def starting_on(self, since: date, until: date) -> Self:
        """Those whose first day lies there, in the order of the calendar."""
        return self.filter(day__gte=since, day__lte=until).order_by("day", "starts_at", "pk")

    def after(self, mark: tuple[datetime, int] | None) -> Self:
        """Those that come after this beginning and key, in the order of time."""
        if mark is None:
            return self
        return self.filter(Q(starts_at__gt=mark[0]) | Q(starts_at=mark[0], pk__gt=mark[1]))

    def going_on_at(self, day: date) -> Self:
        """Those that began before `day` and last into it; few, and found by an index of their own."""
        return self.filter(last_day__gt=F("day"), last_day__gte=day, day__lt=day).order_by("starts_at", "pk")

    def timed(self) -> QuerySet[Any, dict[str, Any]]:
        """When each of them is, for a calendar file."""
        return self.values("pk", *_TOLD)

    def apart(self, events: Sequence[int]) -> QuerySet[Any, dict[str, Any]]:
        """Of these events the dates that are otherwise or off; but what is off with the whole alone is not told."""
        # The first filter is what the index holds.
        odd = self.filter(_any_of("event", events)).filter(APART)
        return odd.filter(CHANGED | Q(event__cancelled_at=None)).values(*_TOLD).order_by("was_at")

    def on_all_the_same(self, called_off: Sequence[int]) -> QuerySet[Any, dict[str, Any]]:
        """Of these events, off as a whole, the times that are not."""
        return self.filter(event__in=called_off, cancelled_at=None).values(*_TOLD).order_by("was_at")

    def busy_days(self, since: date, until: date) -> dict[date, int]:
        """How much happens in each of the days, from the index alone."""
        busy = {since + timedelta(days=n): 0 for n in range((until - since).days + 1)}
        starting = self.filter(day__gte=since, day__lte=until).order_by()
        for day, total in starting.values_list("day").annotate(n=Count("pk")):
            busy[day] = total
        long = self.filter(last_day__gt=F("day"), day__lte=until, last_day__gte=since)
        for first, last in long.values_list("day", "last_day"):
            for day in busy:
                busy[day] += first < day <= last
        return busy

    def first_of_days(self, since: date, until: date, most: int = A_DAY) -> QuerySet[Any, dict[str, Any]]:
        """The first `most` of what begins on each day; which ones they are tells the index alone."""
        rows = self.filter(day__gte=since, day__lte=until).order_by()
        first = rows.annotate(place_of_day=_PLACE_OF_DAY).filter(place_of_day__lte=most).values("pk")
        return self.model.objects.filter(pk__in=first).order_by("starts_at", "pk").values(*SHOWN)

    def begun_by_day(self, since: date, until: date) -> QuerySet[Any, dict[str, Any]]:
        """How much begins on each day, from the index alone."""
        rows = self.filter(day__gte=since, day__lte=until).order_by()
        return rows.values("day").annotate(n=Count("pk"))

    def lasting_into(self, since: date, until: date) -> QuerySet[Any, dict[str, Any]]:
        """What lasts several days and is going on in these; few, and found by an index of their own."""
        long = self.filter(last_day__gt=F("day"), day__lte=until, last_day__gte=since)
        return long.order_by("-day", "-pk").values(*SHOWN)

    def month(self, since: date, until: date, most: int = A_DAY) -> dict[date, Day]:
        """What each day from `since` to `until` shows: its first `most`, and how many there are.

        In one reading: what was chosen no index tells, so that every row of these days is looked at.
        """
        rows = self.filter(day__gte=since, day__lte=until)
        first = rows.annotate(place_of_day=_PLACE_OF_DAY, n=_OF_DAY).filter(place_of_day__lte=most)
        shown = list(first.order_by("starts_at", "pk").values(*SHOWN, "n"))
        return days_of(
            since,
            until,
            begun=shown,
            shown=shown,
            lasting=self.lasting_into(since, until),
            most=most,
        )


def days_of(
    since: date,
    until: date,
    *,
    begun: Iterable[dict[str, Any]],
    shown: Iterable[dict[str, Any]],
    lasting: Iterable[dict[str, Any]],
    most: int = A_DAY,
) -> dict[date, Day]:
    """Days with what they show. What lasts several days stands in each of them, before the rest.

    However many the city has, few rows are read: a day shows `most` of them and a number.
    """
    days = {since + timedelta(days=n): Day([], 0) for n in range((until - since).days + 1)}
    for row in begun:
        days[row["day"]].total = row["n"]
    for row in shown:
        days[row["day"]].rows.append(row)
    for row in lasting:
        day, last = max(row["day"] + _DAY, since), min(row["last_day"], until)
        while day <= last:
            days[day].rows.insert(0, row)
            days[day].total += 1
            day += _DAY
    for one in days.values():
        del one.rows[most:]
    return days
