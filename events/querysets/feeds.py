"""What a personal calendar is made of: each source says which events are the person's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import date

    from events.models import PersonalFeed
    from events.querysets import EventQuerySet
    from hub.models import Branch, User

#: The source that is not about the person: the city's calendar by the chosen filters.
CITY = "city"


@dataclass(frozen=True)
class Source:
    """`keys` of the events that are the person's in a branch, whatever their state; nothing else asks who they are."""

    code: str
    label: Any
    hint: Any
    keys: Callable[[User, Branch], QuerySet]


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


def _own(feed: PersonalFeed) -> Q:
    found = Q(pk__in=[])
    for code in feed.sources:
        if code in _sources:
            found |= Q(pk__in=_sources[code].keys(feed.user, feed.branch))
    return found


def events_of(feed: PersonalFeed, since: date) -> EventQuerySet:
    """The events of the calendar that have a time on this day or later."""
    found = _own(feed)
    if CITY in feed.sources:
        times = apps.get_model("events", "Occurrence").objects.filter(event=OuterRef("pk"))
        times = times.listed().chosen(feed.filters).filter(last_day__gte=since)
        found |= Q(Exists(times))
    return _events(feed.branch).filter(found).happening_from(since)


def state_of_own(feed: PersonalFeed) -> dict[str, Any]:
    """Other whenever one of the person's own events is changed, comes or goes; the city's have a state of their own."""
    own = _events(feed.branch).filter(_own(feed)).order_by()
    return own.aggregate(n=Count("pk"), changed=Max("changed_at"), keys=Sum("pk"))


def _of_my_communities(user: User, branch: Branch) -> QuerySet:
    return _events(branch).of_user(user).values("pk")


def _where_i_go(user: User, branch: Branch) -> QuerySet:
    rows = apps.get_model("events", "Registration").objects.of(user).in_branch(branch).live()
    return rows.filter(occurrence__is_listed=True).values("occurrence__event")


add_source(
    Source(
        "registered",
        _("Куда я записан(а)"),
        _("Если событие повторяется, будут видны все его даты."),
        _where_i_go,
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
