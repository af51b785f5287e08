"""Reads of events, as sentences in the users' words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q, QuerySet

from communities.choices import StewardRole
from events.choices import OrganiserState
from hub.choices import State

if TYPE_CHECKING:
    from communities.models import Community
    from hub.models import Branch, User


class EventQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def published(self) -> Self:
        """What the city sees; what was called off stays to be seen."""
        return self.filter(state=State.APPROVED)

    def submitted(self) -> Self:
        return self.filter(state=State.SUBMITTED)

    def series(self) -> Self:
        return self.exclude(rrule="")

    def held_by(self, community: Community) -> Self:
        """Those whose organiser the community has agreed to be."""
        return self.filter(
            organisers__community=community, organisers__state=OrganiserState.ACCEPTED
        ).distinct()

    def of_user(self, user: User) -> Self:
        """Those that the person made, or whose accepted organiser the person leads."""
        roles = [StewardRole.LEADER, StewardRole.CO_LEADER, StewardRole.EDITOR]
        mine = Q(
            organisers__state=OrganiserState.ACCEPTED,
            organisers__community__stewardships__user=user,
            organisers__community__stewardships__role__in=roles,
        )
        return self.filter(mine | Q(created_by=user)).distinct()
