"""Every read of many rows of the registry, as chainable sentences."""

from communities.querysets.census import CensusRecordQuerySet, CensusRoundQuerySet
from communities.querysets.community import CommunityQuerySet
from communities.querysets.imports import ImportBatchQuerySet, ImportRowQuerySet
from communities.querysets.stewardship import (
    ClaimQuerySet,
    ContactQuerySet,
    InvitationQuerySet,
    StewardshipQuerySet,
)
from communities.querysets.vocabulary import WordQuerySet

__all__ = [
    "CensusRecordQuerySet",
    "CensusRoundQuerySet",
    "ClaimQuerySet",
    "CommunityQuerySet",
    "ContactQuerySet",
    "ImportBatchQuerySet",
    "ImportRowQuerySet",
    "InvitationQuerySet",
    "StewardshipQuerySet",
    "WordQuerySet",
]
