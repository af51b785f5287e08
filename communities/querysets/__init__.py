"""Every read of many rows of the registry, as chainable sentences."""

from communities.querysets.census import CensusRecordQuerySet, CensusRoundQuerySet
from communities.querysets.community import CommunityQuerySet
from communities.querysets.imports import ImportBatchQuerySet, ImportRowQuerySet
from communities.querysets.search import SearchWordQuerySet
from communities.querysets.stewardship import (
    ClaimQuerySet,
    ContactQuerySet,
    InvitationQuerySet,
    StewardshipQuerySet,
)

__all__ = [
    "CensusRecordQuerySet",
    "CensusRoundQuerySet",
    "ClaimQuerySet",
    "CommunityQuerySet",
    "ContactQuerySet",
    "ImportBatchQuerySet",
    "ImportRowQuerySet",
    "InvitationQuerySet",
    "SearchWordQuerySet",
    "StewardshipQuerySet",
]
