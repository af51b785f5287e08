from communities.models.census import CensusRecord, CensusRound, FieldDecision, Photo
from communities.models.community import Community, FormerSlug, Merge, NotDuplicate
from communities.models.imports import ImportBatch, ImportRow
from communities.models.search import SearchWord, Word
from communities.models.stewardship import Claim, Contact, Invitation, Stewardship

__all__ = [
    "CensusRecord",
    "CensusRound",
    "Claim",
    "Community",
    "Contact",
    "FieldDecision",
    "FormerSlug",
    "ImportBatch",
    "ImportRow",
    "Invitation",
    "Merge",
    "NotDuplicate",
    "Photo",
    "SearchWord",
    "Stewardship",
    "Word",
]
