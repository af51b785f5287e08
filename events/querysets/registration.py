"""Reads of registrations: who comes to a date, who waits in what order, where a person is going."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from events.choices import RegistrationState

if TYPE_CHECKING:
    from events.models import Event, Occurrence
    from hub.models import Branch, User


class RegistrationQuerySet(QuerySet):
    def live(self) -> Self:
        """Going or waiting, not withdrawn."""
        return self.filter(cancelled_at=None)

    def going(self) -> Self:
        return self.filter(state=RegistrationState.GOING)

    def waiting(self) -> Self:
        return self.filter(state=RegistrationState.WAITING)

    def of(self, user: User) -> Self:
        return self.filter(user=user)

    def of_date(self, occurrence: Occurrence) -> Self:
        return self.filter(occurrence=occurrence)

    def of_event(self, event: Event) -> Self:
        return self.filter(occurrence__event=event)

    def in_branch(self, branch: Branch) -> Self:
        return self.filter(occurrence__branch=branch)

    def in_turn(self) -> Self:
        """In the order in which seats are given."""
        return self.order_by("pk")

    def by_name(self) -> Self:
        return self.order_by("user__name", "pk")

    def called(self, words: str) -> Self:
        """Of people in whose name every one of the words stands."""
        rows = self
        for word in words.split():
            rows = rows.filter(user__name__icontains=word)
        return rows

    def to_come(self, now: datetime) -> Self:
        """For dates that are not over, the nearest first."""
        return self.filter(occurrence__ends_at__gt=now).order_by("occurrence__starts_at", "pk")

    def over(self, now: datetime) -> Self:
        return self.filter(occurrence__ends_at__lte=now).order_by("-occurrence__starts_at", "-pk")

    def to_be_reminded(self) -> Self:
        """Of people who go, to dates that take place."""
        # The first two are what the index of dates holds.
        return self.going().filter(
            occurrence__going__gt=0, occurrence__cancelled_at=None, occurrence__is_listed=True
        )

    def counted(self) -> tuple[int, int]:
        """How many go, how many wait."""
        found = self.order_by().aggregate(
            going=Count("pk", filter=Q(state=RegistrationState.GOING)),
            waiting=Count("pk", filter=Q(state=RegistrationState.WAITING)),
        )
        return found["going"], found["waiting"]

    def places(self, dates: Iterable[int]) -> dict[int, int]:
        """Registration → its place in the line, of those that wait for these dates."""
        place = Window(RowNumber(), partition_by=[F("occurrence")], order_by=["pk"])
        rows = self.model.objects.waiting().filter(occurrence__in=dates).annotate(place=place)
        return dict(rows.values_list("pk", "place"))
