"""Reads of communities, as sentences in the users' words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Exists, OuterRef, QuerySet

from communities.choices import Listing, StewardRole
from communities.querysets.duplicates import Likeness, resembling
from communities.querysets.search import CatalogueQuerySet
from hub.choices import State

if TYPE_CHECKING:
    from communities.models import CensusRecord, CensusRound
    from hub.models import Branch, User


class CommunityQuerySet(CatalogueQuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def listed(self) -> Self:
        """What the city sees, with the record it sees."""
        return self.filter(listing=Listing.LISTED)

    def with_record(self) -> Self:
        return self.select_related("current", "current__district", "current__logo")

    def newest_first(self) -> Self:
        return self.order_by("-listed_at", "-pk")

    def confirmed_in(self, round_: CensusRound) -> Self:
        """Listed communities whose approved record is of `round_` (or a later round)."""
        return self.listed().filter(current__state=State.APPROVED, current__round__year__gte=round_.year)

    def not_confirmed_in(self, round_: CensusRound) -> Self:
        return self.listed().exclude(pk__in=self.confirmed_in(round_).values("pk"))

    def unclaimed(self) -> Self:
        """Imported, and nobody has answered for it yet."""
        return self.exclude(Exists(self._stewards(OuterRef("pk"))))

    def resembling(self, what: CensusRecord | Mapping[str, Any]) -> list[Likeness]:
        """Suspected duplicates of a record, or of answers that are no record yet; see `duplicates`."""
        return resembling(self, what)

    def stewarded_by(self, user: User) -> Self:
        return self.filter(stewardships__user=user).exclude(listing=Listing.MERGED)

    def _stewards(self, community: object) -> QuerySet:
        stewardships = self.model._meta.get_field("stewardships").related_model
        return stewardships.objects.filter(community=community, role=StewardRole.LEADER)
