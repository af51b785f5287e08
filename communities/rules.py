"""Who may do what with communities: predicates, and as the tail the app's whole permission table."""

from __future__ import annotations

from typing import Any

import rules

from communities.choices import SPEAKING, StewardRole
from communities.models import Claim
from hub.rules import is_administration, is_analyst, is_coordinator, is_federal, is_submitter, widen


def _community(obj: Any) -> Any:
    """The community itself, or the one a record, claim or invitation belongs to."""
    return getattr(obj, "community", obj)


@rules.predicate
def is_steward(user: Any, obj: Any) -> bool:
    """Leader, co-leader or editor of the community."""
    if not user.is_authenticated or obj is None:
        return False
    return _community(obj).stewardships.filter(user=user).exists()


@rules.predicate
def is_leader(user: Any, obj: Any) -> bool:
    if not user.is_authenticated or obj is None:
        return False
    return _community(obj).stewardships.filter(user=user, role=StewardRole.LEADER).exists()


@rules.predicate
def is_leader_or_co_leader(user: Any, obj: Any) -> bool:
    if not user.is_authenticated or obj is None:
        return False
    return _community(obj).stewardships.filter(user=user, role__in=SPEAKING).exists()


@rules.predicate
def decides_on_proof(user: Any, upload: Any) -> bool:
    """Is the file the proof of a claim in a branch that the person coordinates?"""
    if upload is None:
        return False
    claims = Claim.objects.filter(proof=upload).select_related("community")
    return any(is_coordinator(user, claim) for claim in claims)


@rules.predicate
def is_unsent(user: Any, obj: Any) -> bool:
    """A questionnaire that its leader is still writing: nobody else's business yet."""
    return getattr(obj, "is_editable", False)


staff_reader = is_coordinator | is_administration | is_analyst | is_federal

# The object is a Community, CensusRecord, Claim, Invitation — or the Branch for pages of a branch.
rules.add_perm("communities.register_community", rules.is_authenticated)
rules.add_perm("communities.edit_record", is_steward)
rules.add_perm("communities.submit_record", is_leader_or_co_leader)
rules.add_perm("communities.view_record", is_steward | (staff_reader & ~is_unsent))
rules.add_perm("communities.manage_stewards", is_leader)
rules.add_perm("communities.claim_community", rules.is_authenticated)

rules.add_perm("communities.view_queue", is_coordinator)
rules.add_perm("communities.review_record", is_coordinator & ~is_submitter)
rules.add_perm("communities.decide_claim", is_coordinator & ~is_submitter)
rules.add_perm("communities.view_registry", staff_reader)
rules.add_perm("communities.merge_community", is_coordinator)
rules.add_perm("communities.manage_rounds", is_coordinator)
rules.add_perm("communities.import_census", is_coordinator)

# Files: a claim's proof opens to those who decide on it.
widen("hub.view_upload", decides_on_proof)
