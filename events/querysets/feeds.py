"""What a personal calendar is made of: each source says which events are the person's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import date

    from events.models import PersonalFeed
    from events.querysets import EventQuerySet, OccurrenceQuerySet
    from hub.models import Branch, User

#: The source that is not about the person: the city's calendar by the chosen filters.
CITY = "city"


@dataclass(frozen=True)
class Source:
    """`keys` of the events that are the person's in a branch, whatever their state; nothing else asks who they are.

    `by_date`: the keys are of dates, and of their events nothing else is shown.
    """

    code: str
    label: Any
    hint: Any
    keys: Callable[[User, Branch], QuerySet]
    by_date: bool = False


_sources: dict[str, Source] = {}


def add_source(source: Source) -> None:
    """Let people have `source` in their calendars; each part of the portal adds its own in AppConfig.ready."""
    _sources[source.code] = source


def sources() -> list[Source]:
    """What may be in a personal calendar besides the city's events."""
    return list(_sources.values())


def _events(branch: Branch) -> EventQuerySet:
    rows: EventQuerySet = apps.get_model("events", "Event").objects.in_branch(branch)
    return rows


def _own(feed: PersonalFeed, *, by_date: bool = False) -> Q:
    found = Q(pk__in=[])
    for source in _sources.values():
        if source.code in feed.sources and source.by_date == by_date:
            found |= Q(pk__in=source.keys(feed.user, feed.branch))
    return found


def events_of(feed: PersonalFeed, since: date) -> EventQuerySet:
    """The events of the calendar that have a time on this day or later."""
    found = _own(feed)
    if CITY in feed.sources:
        times = apps.get_model("events", "Occurrence").objects.filter(event=OuterRef("pk"))
        times = times.listed().chosen(feed.filters).filter(last_day__gte=since)
        found |= Q(Exists(times))
    return _events(feed.branch).filter(found).happening_from(since)


def dates_of(feed: PersonalFeed, since: date) -> QuerySet[Any, dict[str, Any]]:
    """When the dates are that stand there by themselves; `tentative` where the person waits for a seat.

    Those whose whole event stands there are left out.
    """
    rows = _dates(feed).filter(last_day__gte=since).exclude(event__in=events_of(feed, since).values("pk"))
    return rows.timed().annotate(tentative=_waits(feed)).order_by("starts_at", "pk")


def _dates(feed: PersonalFeed) -> OccurrenceQuerySet:
    rows: OccurrenceQuerySet = apps.get_model("events", "Occurrence").objects.in_branch(feed.branch)
    return rows.filter(_own(feed, by_date=True))


def _waits(feed: PersonalFeed) -> Exists:
    waiting = apps.get_model("events", "Registration").objects.of(feed.user).waiting()
    return Exists(waiting.filter(occurrence=OuterRef("pk")))


def state_of_own(feed: PersonalFeed) -> tuple[list[Any], ...]:
    """Other whenever something of one's own is changed, comes or goes; the city's events have a state of their own."""
    events = _events(feed.branch).filter(_own(feed)).order_by("pk").values_list("pk", "changed_at", "state")
    dates = _dates(feed).order_by("pk").values_list("pk", "event__changed_at", _waits(feed))
    return list(events), list(dates)


def _of_my_communities(user: User, branch: Branch) -> QuerySet:
    return _events(branch).of_user(user).values("pk")


def _where_i_go(user: User, branch: Branch) -> QuerySet:
    rows = apps.get_model("events", "Registration").objects.of(user).in_branch(branch).live()
    return rows.filter(occurrence__is_listed=True).values("occurrence")


add_source(
    Source(
        "registered",
        _("Куда я записан(а)"),
        _("Только те даты, на которые вы записались. Пока ждёте места, дата помечена «под вопросом»."),
        _where_i_go,
        by_date=True,
    )
)
add_source(
    Source(
        "communities",
        _("События моих сообществ"),
        _("Вместе с черновиками: пока не опубликованы, они помечены «под вопросом»."),
        _of_my_communities,
    )
)
