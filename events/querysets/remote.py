"""Calendars of other programs: whose, which are due, how they are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Now

from communities.choices import Listing
from events.choices import SourceState
from hub.choices import State

if TYPE_CHECKING:
    from communities.models import Community
    from hub.models import Branch

#: What nobody has decided on for so long is thrown away.
FORGOTTEN = timedelta(days=1)
#: Communities that there are.
SEEN = [Listing.LISTED, Listing.UNLISTED]


class RemoteCalendarQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def of_community(self, community: Community) -> Self:
        return self.filter(community=community)

    def of_link(self, branch: Branch, key: str) -> Self:
        """Who in the branch follows the calendar that this leads to."""
        return self.in_branch(branch).filter(url_key=key, community__listing__in=SEEN)

    def left_behind(self, branch: Branch, key: str) -> Self:
        """The same of communities that are no more: they hold no link."""
        return self.in_branch(branch).filter(url_key=key).exclude(community__listing__in=SEEN)

    def living(self) -> Self:
        """Connected, whatever state they are in, and what was taken from files."""
        return self.exclude(state=SourceState.DRAFT)

    def light(self) -> Self:
        """Without the file, which may be megabytes."""
        return self.defer("content")

    def due(self) -> Self:
        """To be read now, those that answer before those that keep us waiting."""
        rows = self.free().filter(next_try_at__lte=Now(), community__listing__in=SEEN)
        return rows.order_by("failures", "next_try_at")

    def free(self) -> Self:
        """Read at all, and by nobody just now."""
        free = Q(lease_until=None) | Q(lease_until__lte=Now())
        return self.filter(free, state__in=[SourceState.ACTIVE, SourceState.LOOK])

    def to_load(self) -> Self:
        """Connected, with their events still to be brought in."""
        return self.filter(state=SourceState.LOADING, next_try_at__lte=Now()).order_by("next_try_at", "pk")

    def forgotten(self) -> Self:
        """Looked at once, and never connected."""
        return self.filter(state=SourceState.DRAFT, added_at__lt=Now() - FORGOTTEN)

    def with_counts(self) -> Self:
        """With `waiting`: how many of its events wait for the coordinator."""
        waiting = Q(imported__event__state=State.SUBMITTED, imported__event__cancelled_at=None)
        return self.annotate(waiting=Count("imported", filter=waiting))

    def worst_first(self) -> Self:
        """As a coordinator looks at them: what needs somebody, then what fails, then the rest by name."""
        rank = Case(
            When(state=SourceState.LOOK, then=Value(0)),
            When(Q(state=SourceState.ACTIVE) & ~Q(error=""), then=Value(1)),
            When(waiting__gt=0, then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
        return self.alias(rank=rank).order_by("rank", F("failing_since").asc(nulls_last=True), "name", "pk")


class ImportedEventQuerySet(QuerySet):
    def to_come(self) -> Self:
        """Those that hold and have a time still to come."""
        dates = apps.get_model("events", "Occurrence").objects.filter(
            event=OuterRef("event"), cancelled_at=None, ends_at__gt=Now()
        )
        return self.filter(Exists(dates), event__cancelled_at=None)

    def waiting(self) -> Self:
        """Those that the coordinator has not looked at."""
        return self.filter(event__state=State.SUBMITTED, event__cancelled_at=None)

    def known(self) -> dict[str, Any]:
        """UID in the source → the row with its event."""
        return {row.remote_uid: row for row in self.select_related("event")}
