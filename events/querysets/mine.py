"""What a person's communities hold, and what they are asked to hold: one read for the cabinet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Now

from communities.choices import StewardRole
from events.choices import OrganiserState
from hub.choices import State

if TYPE_CHECKING:
    from hub.models import Branch, User

#: So many are read; the cabinet shows fewer.
READ = 60


def of_person(user: User, branch: Branch) -> list[Any]:
    """Organisers (event, community) with `next_at` and the person's `role`, the nearest first.

    What has passed is left out; what is not published yet stays until it is.
    """
    coming = (
        apps.get_model("events", "Occurrence")
        .objects.filter(event=OuterRef("event"), cancelled_at=None, ends_at__gt=Now())
        .order_by("starts_at")
        .values("starts_at")[:1]
    )
    roles = [StewardRole.LEADER, StewardRole.CO_LEADER, StewardRole.EDITOR]
    rows = (
        apps.get_model("events", "Organiser")
        .objects.filter(
            event__branch=branch,
            event__cancelled_at=None,
            state__in=[OrganiserState.ACCEPTED, OrganiserState.INVITED],
            community__stewardships__user=user,
            community__stewardships__role__in=roles,
        )
        .annotate(next_at=Subquery(coming), role=F("community__stewardships__role"))
        .filter(Q(next_at__isnull=False) | Q(event__state__in=[State.DRAFT, State.RETURNED]))
        .select_related("event", "community__current")
    )
    return list(rows.order_by(F("next_at").asc(nulls_first=True), "pk")[:READ])
