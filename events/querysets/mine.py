"""What a person's communities hold, and what they are asked to hold: one read for the cabinet."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Count, F, Q

from events.choices import OrganiserState
from events.querysets.occurrence import next_time
from hub.choices import State

if TYPE_CHECKING:
    from events.querysets import EventQuerySet
    from hub.models import Branch, User

#: So many are read; the cabinet shows fewer.
READ = 60


#: What the list of one's events is parted into: code → which of them.
PARTS = {
    "coming": Q(cancelled_at=None, next_at__isnull=False, state=State.APPROVED),
    "draft": Q(cancelled_at=None, state=State.DRAFT),
    "submitted": Q(cancelled_at=None, state=State.SUBMITTED),
    "returned": Q(cancelled_at=None, state=State.RETURNED),
    "past": Q(cancelled_at__isnull=False) | Q(next_at=None, state=State.APPROVED),
}

#: All that is not over; what was taken out of the calendar is in no part.
CURRENT = reduce(or_, (part for code, part in PARTS.items() if code != "past"))


def events_of_person(user: User, branch: Branch) -> EventQuerySet:
    """All events that the person works on, with `next_at`."""
    rows: EventQuerySet = apps.get_model("events", "Event").objects.in_branch(branch).of_user(user)
    return rows.annotate(next_at=next_time("pk"))


def how_many(events: EventQuerySet) -> dict[str, int]:
    """How many there are of each part."""
    return events.aggregate(**{code: Count("pk", filter=part, distinct=True) for code, part in PARTS.items()})


def part_of(events: EventQuerySet, code: str) -> EventQuerySet:
    """One part, in the order in which it is read: what waits or comes next first, what was last first."""
    if code == "past":
        return events.filter(PARTS[code]).order_by("-starts_at", "-pk")
    return events.filter(PARTS[code] if code else CURRENT).order_by(F("next_at").asc(nulls_first=True), "pk")


def of_person(user: User, branch: Branch) -> list[Any]:
    """Organisers (event, community) with `next_at` and the person's `role`, the nearest first.

    What has passed is left out; what is not published yet stays until it is.
    """
    rows = (
        apps.get_model("events", "Organiser")
        .objects.filter(
            event__branch=branch,
            event__cancelled_at=None,
            state__in=[OrganiserState.ACCEPTED, OrganiserState.INVITED],
            community__stewardships__user=user,
        )
        .annotate(next_at=next_time("event"), role=F("community__stewardships__role"))
        .filter(Q(next_at__isnull=False) | Q(event__state__in=[State.DRAFT, State.RETURNED]))
        .select_related("event", "community__current")
    )
    return list(rows.order_by(F("next_at").asc(nulls_first=True), "pk")[:READ])
