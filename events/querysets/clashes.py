"""What stands in each other's way: the same place, the same people, the same topic at one time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, OuterRef, Q, When
from django.db.models.functions import JSONObject

from hub.choices import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from events.models import Occurrence, Venue
    from hub.models import Branch

#: Why two stand in each other's way, the strongest first.
REASONS = ("venue", "audience", "topic")
#: So many rivals are named.
NAMED = 5
#: No row has this key.
_NOBODY = 0


@dataclass(frozen=True)
class Plan:
    """What is about to be announced, as far as clashes care."""

    branch: Branch
    starts_at: datetime
    ends_at: datetime
    venue: Venue | None = None
    #: Its key.
    district: int | None = None
    ages: Sequence[str] = ()
    topics: Sequence[str] = ()
    #: The event's own dates are no rivals of it.
    event: int | None = None
    #: Of a series: its next times, looked at all together; without them only the first counts.
    times: Sequence[tuple[datetime, datetime]] = ()

    @property
    def all_times(self) -> Sequence[tuple[datetime, datetime]]:
        return self.times or [(self.starts_at, self.ends_at)]


@dataclass(frozen=True)
class Clash:
    """A rival and why it is one; `waits`: it is not public, the coordinator has not decided on it."""

    occurrence: Occurrence
    reason: str

    @property
    def is_strong(self) -> bool:
        return self.reason == "venue"

    @property
    def waits(self) -> bool:
        return not self.occurrence.is_listed


def _strength(*, venue: Any, district: Any, ages: Any, topics: Any) -> Case:
    """The whole rule: how a date stands in the way of what has these, as a place in REASONS; else nothing."""
    shared = (
        Q(venue=venue, venue__is_roomy=False),
        Q(district=district, ages__overlap=ages),
        Q(topics__overlap=topics),
    )
    return Case(*(When(same, then=place) for place, same in enumerate(shared)))


# --- what is announced -----------------------------------------------------------------------------


def clashes(plan: Plan) -> list[Clash]:
    """Rivals of `plan`, the strongest first; never a ban."""
    rows = rivals(plan).order_by("strength", "starts_at", "pk")[:NAMED]
    return [Clash(row, REASONS[row.strength]) for row in rows]


def rivals(plan: Plan) -> Any:
    """All dates in its way, each with its `strength`. Of what waits for a decision only those at its place."""
    rows = apps.get_model("events", "Occurrence").objects.in_branch(plan.branch).alive()
    then = Q()
    for starts_at, ends_at in plan.all_times:
        then |= rows.while_it_lasts(starts_at, ends_at)
    strength = _strength(
        venue=plan.venue.pk if plan.venue else _NOBODY,
        district=plan.district or _NOBODY,
        ages=list(plan.ages),
        topics=list(plan.topics),
    )
    rows = rows.filter(then).exclude(event=plan.event or _NOBODY).annotate(strength=strength)
    listed = rows.listed().filter(strength__isnull=False)
    if plan.venue is None:
        return listed
    waiting = rows.filter(is_listed=False, event__state=State.SUBMITTED, venue=plan.venue, strength=0)
    # Not one question with OR: each half has an index of its own.
    return listed.union(waiting, all=True)


# --- a week ----------------------------------------------------------------------------------------


def clashes_between(rows: Any, since: datetime, until: datetime) -> list[tuple[str, int, int]]:
    """Pairs among the dates from `since` to `until`: why, and the keys of the two; the strongest first, then by time."""
    rows = rows.alive()
    strength = _strength(
        venue=OuterRef("venue"),
        district=OuterRef("district"),
        ages=OuterRef("ages"),
        topics=OuterRef("topics"),
    )
    later = Q(starts_at__gt=OuterRef("starts_at")) | Q(pk__gt=OuterRef("pk"))
    others = (
        rows.filter(later, starts_at__gte=OuterRef("starts_at"), starts_at__lt=OuterRef("ends_at"))
        .filter(starts_at__lt=until, ends_at__gt=since)
        .exclude(event=OuterRef("event"))
        .annotate(strength=strength)
        .filter(strength__isnull=False)
        .order_by("starts_at", "pk")
        .values(one=JSONObject(key="pk", strength="strength"))
    )
    dates = rows.at_the_time_of(since, until).order_by("starts_at", "pk")
    found = [
        (other["strength"], key, other["key"])
        for key, of_one in dates.values_list("pk", ArraySubquery(others))
        for other in of_one
    ]
    found.sort(key=lambda pair: pair[0])  # keeps the order of time
    return [(REASONS[place], *keys) for place, *keys in found]
