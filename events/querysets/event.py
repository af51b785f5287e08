"""Reads of events, as sentences in the users' words."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import JSONObject

from communities.choices import Listing
from events.choices import OrganiserState
from hub.choices import State

if TYPE_CHECKING:
    from communities.models import Community
    from hub.models import Branch, User


#: What an event's own page says of it.
WHOLE = (
    "pk", "slug", "uid", "title", "short", "description", "topics", "ages", "place", "online_url", "is_free",
    "price", "is_state", "goal", "takes_registrations", "capacity", "starts_at", "ends_at", "timezone", "all_day", "rrule",
    "exdates", "rdates", "sequence", "cancelled_at", "cancelled_because", "created_at", "changed_at", "decided_at", "state",
    "cover__file", "cover__is_public",
    "venue__name", "venue__address", "venue__lat", "venue__lng", "venue__accessible", "venue__district__slug",
    "venue__district__name",
)  # fmt: skip


#: What a calendar file says of it, the moments apart.
FILED = (
    "pk", "slug", "uid", "title", "short", "description", "topics", "place", "online_url", "price",
    "timezone", "all_day", "rrule", "sequence", "cancelled_because",
    "venue__name", "venue__address", "venue__lat", "venue__lng",
)  # fmt: skip


def _seconds(field: str, times: str = "") -> Func:
    """A moment as seconds since 1970 (or as so many to the second): much cheaper to take in than a datetime."""
    # Django's own Extract would count by the clock of the portal.
    template = f"({times}extract(epoch from %(expressions)s))::bigint"
    return Func(F(field), template=template, output_field=BigIntegerField())


def _some(field: str) -> Func:
    """Moments, or nothing where there are none: an array costs something even when it is empty."""
    moments = ArrayField(DateTimeField())
    return Func(F(field), template="nullif(%(expressions)s, '{}')", output_field=moments)


def _stamp(field: str) -> Func:
    """A moment as calendar files write it, in UTC."""
    utc = Func(Value("UTC"), F(field), function="timezone")
    return Func(utc, Value('YYYYMMDD"T"HH24MISS"Z"'), function="to_char", output_field=CharField())


class OrganiserQuerySet(QuerySet):
    def holding(self) -> Self:
        """Those that have accepted, the first first, with the `district` that the community is of."""
        rows = self.filter(state=OrganiserState.ACCEPTED).order_by("pk")
        return rows.annotate(district=F("community__current__district"))


class EventQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def published(self) -> Self:
        """What the city sees; what was called off stays to be seen."""
        return self.filter(state=State.APPROVED)

    def submitted(self) -> Self:
        return self.filter(state=State.SUBMITTED)

    def series(self) -> Self:
        return self.exclude(rrule="", rdates=[])

    def with_dates_from(self, moment: datetime) -> Self:
        """With all that is written into their dates: `coming`, those that the rule has from then on, and `holding`."""
        dates = apps.get_model("events", "Occurrence").objects.filter(was_at__gte=moment)
        holding = apps.get_model("events", "Organiser").objects.holding()
        return self.select_related("venue", "cover").prefetch_related(
            Prefetch("occurrences", dates.order_by("pk"), to_attr="coming"),
            Prefetch("organisers", holding, to_attr="holding"),
        )

    def held_by(self, community: Community) -> Self:
        """Those whose organiser the community has agreed to be."""
        return self.filter(organisers__community=community, organisers__state=OrganiserState.ACCEPTED)

    def of_user(self, user: User) -> Self:
        """Those whose accepted organiser the person works for, and what they posted in the city's name."""
        mine = Q(
            organisers__state=OrganiserState.ACCEPTED,
            organisers__community__stewardships__user=user,
        )
        posted = Q(is_state=True, created_by=user, branch__roles__user=user)
        return self.filter(mine | posted).distinct()

    def happening_from(self, day: date) -> Self:
        """Those that have a time on this day or later."""
        dates = apps.get_model("events", "Occurrence").objects.filter(last_day__gte=day)
        return self.filter(Exists(dates.filter(event=OuterRef("pk"))))

    def after(self, mark: tuple[datetime, int] | None) -> Self:
        """Those that come after this moment and key, newest first."""
        if mark is None:
            return self
        # The first bound is where the index begins to be read.
        rows = self.filter(decided_at__lte=mark[0])
        return rows.filter(Q(decided_at__lt=mark[0]) | Q(decided_at=mark[0], pk__lt=mark[1]))

    def newest_first(self) -> Self:
        """In the order in which the city got to know of them."""
        return self.order_by("-decided_at", "-pk")

    def filed(self) -> QuerySet[Any, dict[str, Any]]:
        """All that a calendar file says of each, in one row that is cheap to take in; who holds it, as keys."""
        held = apps.get_model("events", "Organiser").objects.filter(
            event=OuterRef("pk"), state=OrganiserState.ACCEPTED
        )
        return self.values(
            *FILED,
            decided=_seconds("decided_at", "1000000 * "),
            left_out=_some("exdates"),
            added=_some("rdates"),
            starts=_seconds("starts_at"),
            ends=_seconds("ends_at"),
            created=_stamp("created_at"),
            changed=_stamp("changed_at"),
            off=ExpressionWrapper(Q(cancelled_at__isnull=False), BooleanField()),
            communities=ArraySubquery(held.order_by("pk").values("community")),
        )

    def whole(self) -> QuerySet[Any, dict[str, Any]]:
        """All that is said of each, in one row: its venue and the listed communities that hold it."""
        held = apps.get_model("events", "Organiser").objects.filter(
            event=OuterRef("pk"), state=OrganiserState.ACCEPTED, community__listing=Listing.LISTED
        )
        one = JSONObject(
            slug="community__slug",
            name="community__current__name",
            logo="community__current__logo__file",
            logo_public="community__current__logo__is_public",
        )
        return self.values(*WHOLE, held_by=ArraySubquery(held.order_by("pk").values(one=one)))
