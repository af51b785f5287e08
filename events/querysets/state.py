"""Reads of what state events ask for and of who supports them, as sentences in the users' words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject, Now

from communities.choices import Listing, StewardRole
from events.choices import Offer
from hub.choices import State

if TYPE_CHECKING:
    from datetime import date

    from communities.models import Community
    from hub.models import Branch, User

#: Who may promise something in the name of a community.
SPEAKING = (StewardRole.LEADER, StewardRole.CO_LEADER)


class SupportRequestQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def public(self) -> Self:
        """Of events that the city sees and that take place."""
        return self.filter(event__state=State.APPROVED, event__cancelled_at=None)

    def open_on(self, day: date) -> Self:
        """Those that may still be answered on this day, the most pressing first."""
        return self.public().filter(until__gte=day).order_by("until", "pk")

    def unanswered_by(self, user: User) -> Self:
        """Those that none of the communities which the person speaks for has answered, if there are any."""
        led = apps.get_model("communities", "Stewardship").objects.filter(
            user=user,
            role__in=SPEAKING,
            community__listing=Listing.LISTED,
            community__branch=OuterRef("branch"),
        )
        answered = (
            apps.get_model("events", "StateEventSupport")
            .objects.filter(event=OuterRef("event"), community__stewardships__user=user)
            .exclude(offer=Offer.WITHDRAWN)
        )
        return self.filter(Exists(led)).exclude(Exists(answered))

    def told(self) -> Self:
        """With the event, its place, its next time `next_at`, and who helps: `supporters` (slug, name)."""
        coming = (
            apps.get_model("events", "Occurrence")
            .objects.filter(event=OuterRef("event"), cancelled_at=None, ends_at__gt=Now())
            .order_by("starts_at")
            .values("starts_at")[:1]
        )
        helping = apps.get_model("events", "StateEventSupport").objects.filter(
            event=OuterRef("event"), offer=Offer.ACCEPTED, community__listing=Listing.LISTED
        )
        one = JSONObject(slug="community__slug", name="community__current__name")
        return self.select_related("event__venue").annotate(
            next_at=Subquery(coming), supporters=ArraySubquery(helping.order_by("pk").values(one=one))
        )


class StateEventSupportQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def submitted(self) -> Self:
        """Those whose proof waits for the coordinator."""
        return self.filter(state=State.SUBMITTED)

    def confirmed(self) -> Self:
        """Those that count: a coordinator has confirmed what was done."""
        return self.filter(state=State.APPROVED)

    def waiting_for_answer(self) -> Self:
        return self.filter(offer=Offer.OFFERED)

    def proof_due(self) -> Self:
        """Promised, agreed on, and nobody has shown yet what came of it."""
        return self.filter(
            offer=Offer.ACCEPTED,
            state__in=[State.DRAFT, State.RETURNED],
            event__state=State.APPROVED,
            event__cancelled_at=None,
        )

    def spoken_for_by(self, user: User, branch: Branch) -> Self:
        """Those of the communities that the person speaks for."""
        return self.in_branch(branch).filter(
            community__stewardships__user=user, community__stewardships__role__in=SPEAKING
        )

    def whole(self) -> Self:
        """With all that a page says of each."""
        return self.select_related(
            "event__venue", "community__current", "branch", "offered_by", "answered_by", "submitted_by",
            "decided_by", "photo",
        )  # fmt: skip


def with_supports(events: QuerySet) -> QuerySet:
    """Events with `offers`, `waiting`, `agreed`, `confirmed`: how many communities have got how far."""
    return events.annotate(
        offers=Count("supports", filter=~Q(supports__offer=Offer.WITHDRAWN)),
        waiting=Count("supports", filter=Q(supports__offer=Offer.OFFERED)),
        agreed=Count("supports", filter=Q(supports__offer=Offer.ACCEPTED)),
        confirmed=Count("supports", filter=Q(supports__state=State.APPROVED)),
    )


def communities_spoken_for(user: User, branch: Branch) -> QuerySet[Community]:
    """The listed communities in whose name the person may promise something."""
    rows: QuerySet[Any] = apps.get_model("communities", "Community").objects.in_branch(branch)
    rows = rows.filter(listing=Listing.LISTED, stewardships__user=user, stewardships__role__in=SPEAKING)
    return rows.select_related("current", "branch").order_by("current__name", "pk")
