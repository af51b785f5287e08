"""Reads of rounds and records of the census."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet

from hub.choices import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from communities.models import CensusRecord, CensusRound, Community
    from hub.models import Branch, User


class CensusRoundQuerySet(QuerySet):
    def for_branch(self, branch: Branch) -> Self:
        """Rounds that count for `branch`: its own and the national ones."""
        return self.filter(Q(branch=branch) | Q(branch=None))

    def opened(self) -> Self:
        return self.filter(opened_at__isnull=False)

    def current_for(self, branch: Branch) -> CensusRound | None:
        """The newest opened round of `branch`."""
        return self.for_branch(branch).opened().order_by("-year", "branch").first()


class CensusRecordQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(community__branch=branch)

    def waiting(self) -> Self:
        """Submitted and not decided, oldest first."""
        return self.filter(state=State.SUBMITTED).order_by("submitted_at", "pk")

    def submitted(self) -> Self:
        return self.filter(state=State.SUBMITTED)

    def returned(self) -> Self:
        return self.filter(state=State.RETURNED)

    def drafts(self) -> Self:
        return self.filter(state=State.DRAFT)

    def in_work(self) -> Self:
        return self.filter(state__in=[State.DRAFT, State.SUBMITTED, State.RETURNED])

    def untouched_by(self, user: User) -> Self:
        """Drafts that `user` began by registering a community and never wrote a word in."""
        return self.filter(
            state=State.DRAFT, version=1, name="", community__current=None, community__stewardships__user=user
        )

    def first_drafts_of(self, user: User) -> Self:
        """Communities that `user` began to register and has not sent yet, the freshest first."""
        return self.filter(
            state=State.DRAFT, community__current=None, community__stewardships__user=user
        ).order_by("-saved_at")

    def in_work_of(self, communities: Iterable[int]) -> Self:
        """The records in work of these communities, with what the coordinator said of them."""
        rows = self.in_work().filter(community__in=communities).select_related("round", "logo")
        return rows.prefetch_related("decisions")

    def of_community(self, community: Community) -> Self:
        return self.filter(community=community).order_by("-pk")

    def public(self) -> Self:
        return self.filter(state__in=[State.APPROVED, State.IMPORTED])

    def once_public(self) -> Self:
        """Approved now or before: the history that stays readable."""
        return self.filter(state__in=[State.APPROVED, State.RETIRED], decided_at__isnull=False)

    def previous_to(self, record: CensusRecord) -> CensusRecord | None:
        """The record that `record` is compared with: the one the public sees, or saw before it."""
        return (
            self.of_community(record.community)
            .filter(state__in=[State.APPROVED, State.IMPORTED, State.RETIRED], pk__lt=record.pk)
            .first()
        )
