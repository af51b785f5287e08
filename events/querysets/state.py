"""Reads of what state events ask for and of who supports them, as sentences in the users' words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject, Now

from communities.choices import SPEAKING, Listing
from events.choices import Offer
from events.querysets.occurrence import next_time
from hub.choices import State
from hub.models import Branch

if TYPE_CHECKING:
    from datetime import date

    from communities.models import Community
    from hub.models import User


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
        helping = apps.get_model("events", "StateEventSupport").objects.filter(
            event=OuterRef("event"), offer=Offer.ACCEPTED, community__listing=Listing.LISTED
        )
        one = JSONObject(slug="community__slug", name="community__current__name")
        return self.select_related("event__venue").annotate(
            next_at=next_time("event"), supporters=ArraySubquery(helping.order_by("pk").values(one=one))
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
        offers=_supports(~Q(offer=Offer.WITHDRAWN)),
        waiting=_supports(Q(offer=Offer.OFFERED)),
        agreed=_supports(Q(offer=Offer.ACCEPTED)),
        confirmed=_supports(Q(state=State.APPROVED)),
    )


def _supports(which: Q) -> Coalesce:
    """How many of an event are such; counted for the rows that a page shows, which a join would not."""
    rows = apps.get_model("events", "StateEventSupport").objects.filter(which, event=OuterRef("pk"))
    counted = rows.order_by().values("event").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def communities_spoken_for(user: User, branch: Branch) -> QuerySet[Community]:
    """The listed communities in whose name the person may promise something."""
    rows: QuerySet[Any] = apps.get_model("communities", "Community").objects.in_branch(branch)
    rows = rows.filter(listing=Listing.LISTED, stewardships__user=user, stewardships__role__in=SPEAKING)
    return rows.select_related("current", "branch").order_by("current__name", "pk")


#: So many of each are read.
READ = 24


def city_of(user: User, branch: Branch, today: date) -> dict[str, list[dict[str, Any]]]:
    """For the cabinet: one's `supports` and `talks`, the newest first, and what is `asked` of one; one query."""
    models = {
        name: apps.get_model("events", name) for name in ("StateEventSupport", "Talk", "SupportRequest")
    }
    name = Coalesce("community__current__name", "community__slug")
    supports = models["StateEventSupport"].objects.spoken_for_by(user, branch).exclude(offer=Offer.WITHDRAWN)
    of_support = JSONObject(
        pk="pk", offer="offer", state="state", name=name, title="event__title", starts_at="event__starts_at",
        over=ExpressionWrapper(Q(event__ends_at__lte=Now()), BooleanField()),
        off=ExpressionWrapper(Q(event__cancelled_at__isnull=False), BooleanField()),
    )  # fmt: skip
    talks = models["Talk"].objects.worked_on_by(user, branch)
    of_talk = JSONObject(pk="pk", state="state", name=name, topic="topic", date="date")
    asked = models["SupportRequest"].objects.in_branch(branch).open_on(today).unanswered_by(user)
    of_request = JSONObject(event="event", title="event__title", kinds="kinds", text="text", until="until")
    rows = Branch.objects.filter(pk=branch.pk)
    return rows.values(
        supports=ArraySubquery(supports.order_by("-offered_at", "-pk").values(one=of_support)[:READ]),
        talks=ArraySubquery(talks.order_by("-date", "-pk").values(one=of_talk)[:READ]),
        asked=ArraySubquery(asked.values(one=of_request)[:READ]),
    ).get()
